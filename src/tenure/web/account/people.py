"""The people of an account: who they are, when they were last heard from, who went quiet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from tenure.accounts.models import Account, Membership, Person, PersonRole
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint
from tenure.timeline.selectors import QUIET_AFTER
from tenure.web.account.attributes import person_changes, person_fields
from tenure.web.account.known import Known

RANK = {role: rank for rank, role in enumerate(PersonRole.values)}


@dataclass(frozen=True)
class PersonThen:
    """A person in this account as known. `heard_at`: newest sign of life by then, or None."""

    person: Person
    name: str
    email: str
    title: str
    roles: tuple[str, ...]
    heard_at: datetime | None
    quiet: bool
    left: bool


def people_then(account: Account, known: Known) -> list[PersonThen]:
    """The account's people, present ones first, then by role and name."""
    memberships = list(_memberships(account, known))
    keys = {row.person_id for row in memberships}
    heard = last_heard(account, known)
    changes = person_changes(keys, known)
    found = []
    for key in keys:
        own = [row for row in memberships if row.person_id == key]
        found.append(_person(own, heard.get(key), known, changes))
    return sorted(found, key=_order)


def _memberships(account: Account, known: Known) -> QuerySet[Membership]:
    erased = Q(person__erased_at__isnull=True, person__merged_into__isnull=True)
    begun = Q(since__isnull=True) | Q(since__lte=known.moment)
    rows = Membership.objects.filter(erased, begun, account=account)
    if known.past:
        rows = rows.filter(recorded_at__lte=known.moment, person__recorded_at__lte=known.moment)
    return rows.select_related("person")


def _person(
    own: list[Membership], heard: datetime | None, known: Known, changes: Any
) -> PersonThen:
    person = own[0].person
    fields = person_fields(person, known, changes)
    present = [m for m in own if known.by_then(m.until) is None]
    roles = sorted({m.role for m in present or own}, key=lambda role: RANK.get(role, 99))
    quiet = bool(present) and heard is not None and heard < known.moment - QUIET_AFTER
    return PersonThen(
        person=person,
        name=fields["name"] or fields["email"] or person.external_id,
        email=fields["email"],
        title=fields["title"],
        roles=tuple(str(PersonRole(role).label) for role in roles if role in PersonRole.values),
        heard_at=heard,
        quiet=quiet,
        left=not present,
    )


def _order(row: PersonThen) -> tuple[bool, int, str]:
    ranks = [i for i, name in enumerate(PersonRole.labels) if str(name) in row.roles]
    return row.left, min(ranks, default=99), row.name.lower()


def last_heard(account: Account, known: Known) -> dict[int, datetime]:
    """When each person last wrote, met, asked for help or answered a survey, as known."""
    newest: dict[int, datetime] = {}
    for person, at in _signs(account, known):
        if person is not None and at <= known.moment and at > newest.get(person, at - QUIET_AFTER):
            newest[person] = at
    return newest


def _signs(account: Account, known: Known) -> Iterable[tuple[int | None, datetime]]:
    touched = known.facts(Touchpoint.objects.filter(account=account, direction__in=("in", "both")))
    yield from touched.values_list("people", "occurred_at")
    yield from known.facts(Ticket.objects.filter(account=account)).values_list(
        "person", "opened_at"
    )
    answers = known.facts(SurveyAnswer.objects.filter(account=account))
    yield from answers.values_list("person", "answered_at")
