"""People of accounts and their roles at a moment."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, DateField, Max, Q
from django.db.models.functions import Cast

from tenure.accounts.models import Membership, PersonRole
from tenure.segments.facts.champions import silent_days
from tenure.segments.facts.moment import Moment

SILENT = "champion_silent_days"
_LEAVERS = {"champion_left": PersonRole.CHAMPION, "sponsor_left": PersonRole.SPONSOR}


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """How many, in which roles, who left, who is silent. Without people nothing is known."""
    living = Q(person__erased_at__isnull=True, person__merged_into__isnull=True)
    there = Membership.objects.filter(living, recorded_at__lt=moment.end)
    rows = moment.of(there.exclude(since__gte=moment.end))
    gone = Q(until__isnull=False, until__lt=moment.end)
    found: dict[str, dict[int, Any]] = {}
    for name in sorted(names & _LEAVERS.keys()):
        left = rows.filter(gone, role=_LEAVERS[name]).values_list("account_id")
        found[name] = dict(left.annotate(day=Cast(Max("until"), DateField())).order_by())
    if SILENT in names:
        found[SILENT] = dict(silent_days(moment))
    counts = {
        name: Count("person", filter=~gone, distinct=True)
        if name == "known"
        else Count("pk", filter=~gone & Q(role=name))
        for name in sorted(names - _LEAVERS.keys() - {SILENT})
    }
    if counts:
        for account, *here in rows.values_list("account_id").annotate(**counts).order_by():
            for name, n in zip(counts, here, strict=True):
                known = float(n) if name == "known" else n > 0
                found.setdefault(name, {})[account] = known
    return found
