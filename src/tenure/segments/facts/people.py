"""People of accounts and their roles at a moment."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from tenure.accounts.models import Membership, PersonRole
from tenure.segments.facts.champions import silent_days
from tenure.segments.facts.moment import Moment

SILENT = "champion_silent_days"
_LEAVERS = {PersonRole.CHAMPION.value: "champion_left", PersonRole.SPONSOR.value: "sponsor_left"}
_ROLES = (PersonRole.CHAMPION, PersonRole.DECISION_MAKER, PersonRole.SPONSOR)


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """How many, in which roles, who left, who is silent. Without people nothing is known."""
    living = Q(person__erased_at__isnull=True, person__merged_into__isnull=True)
    rows = Membership.objects.filter(living, recorded_at__lt=moment.end).exclude(
        since__gte=moment.end
    )
    there: dict[int, set[int]] = {}
    roles: Counter[tuple[int, str]] = Counter()
    left: dict[str, dict[int, Any]] = {role: {} for role in _LEAVERS.values()}
    for account, person, role, until in rows.values_list(
        "account_id", "person_id", "role", "until"
    ).iterator():
        there.setdefault(account, set())
        if until is None or until >= moment.end:
            there[account].add(person)
            roles[account, role] += 1
        elif role in _LEAVERS:
            column = left[_LEAVERS[role]]
            column[account] = max(column.get(account, until.date()), until.date())
    found: dict[str, dict[int, Any]] = {
        role.value: {account: roles[account, role] > 0 for account in there} for role in _ROLES
    }
    silent = {SILENT: silent_days(moment)} if SILENT in names else {}
    known = {account: float(len(people)) for account, people in there.items()}
    return found | left | silent | {"known": known}
