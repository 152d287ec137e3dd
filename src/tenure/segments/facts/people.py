"""People of accounts and their roles at a moment."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.expressions import Combinable

from tenure.accounts.models import Membership, Person, PersonRole
from tenure.core.stored import as_stored
from tenure.segments.facts.champions import silent_days
from tenure.segments.facts.moment import Moment
from tenure.segments.facts.reading import Rows, day_of, days

SILENT = "champion_silent_days"
_LEAVERS = {"champion_left": PersonRole.CHAMPION, "sponsor_left": PersonRole.SPONSOR}


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """How many, in which roles, who left, who is silent. Without people nothing is known."""
    wanted = sorted(names - {SILENT})
    found: dict[str, dict[int, Any]] = {}
    if wanted:
        gone = Q(until__isnull=False, until__lt=moment.end)
        columns = {name: _column(name, gone) for name in wanted}
        rows = list(_there(moment).values_list("account_id").annotate(**columns).order_by())
        found = {name: _told(name, rows, at) for at, name in enumerate(wanted, start=1)}
    return found | ({SILENT: dict(silent_days(moment))} if SILENT in names else {})


def _there(moment: Moment) -> QuerySet[Membership]:
    """The memberships of people who are neither erased nor merged, begun by then."""
    there = Membership.objects.filter(recorded_at__lt=moment.end).exclude(since__gte=moment.end)
    # Two short lists are looked into faster than the person of each membership.
    for nobody in (Q(erased_at__isnull=False), Q(merged_into__isnull=False)):
        there = there.exclude(person__in=Person.objects.filter(nobody))
    return moment.of(there)


def _column(name: str, gone: Q) -> Combinable:
    if name in _LEAVERS:
        left = Max("until", filter=gone & Q(role=_LEAVERS[name]))
        return day_of(left)
    if name == "known":
        return as_stored(Count("person", filter=~gone, distinct=True))
    return as_stored(Count("pk", filter=~gone & Q(role=name)))


def _told(name: str, rows: Rows, at: int) -> dict[int, Any]:
    if name in _LEAVERS:
        return dict(days(rows, at))
    if name == "known":
        return {row[0]: float(row[at]) for row in rows}
    return {row[0]: row[at] > 0 for row in rows}
