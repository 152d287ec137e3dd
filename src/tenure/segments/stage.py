"""The refresh stage `segments`: who belongs today, and once the weeks before each was made."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tenure.core import clock
from tenure.core.errors import InvalidDefinition
from tenure.core.pipeline import Refresh
from tenure.segments.conditions import Definition
from tenure.segments.evaluate import evaluate_all
from tenure.segments.membership import belongings_set, history_reckon
from tenure.segments.models import Cause, Segment
from tenure.segments.selectors.rules import definition_of

WEEKS_BACK = 26
Rules = list[tuple[Segment, Definition]]


def segments_refresh(refresh: Refresh) -> dict[str, Any]:
    """Evaluate every segment in force, each written for itself; returns counts."""
    rules, broken = _rules(Segment.objects.filter(retired_at__isnull=True).order_by("pk"))
    entered = left = 0
    found = evaluate_all([definition for _segment, definition in rules], refresh.as_of)
    for (segment, _definition), answered in zip(rules, found, strict=True):
        came, went = belongings_set(
            segment=segment, members=answered.members, on=refresh.as_of, cause=Cause.CHANGE
        )
        entered, left = entered + came, left + went
    reckoned = _reckon(refresh, [rule for rule in rules if rule[0].reckoned_from is None])
    return {
        "segments": len(rules), "entered": entered, "left": left, "reckoned": reckoned,
        "broken": broken,
    }  # fmt: skip


def _rules(segments: Any) -> tuple[Rules, list[int]]:
    """Each segment's newest definition; one that no longer holds together stays as it is."""
    rules: Rules = []
    broken = []
    for segment in segments:
        try:
            rules.append((segment, definition_of(segment)))
        except InvalidDefinition:
            broken.append(segment.pk)
    return rules, broken


def _reckon(refresh: Refresh, rules: Rules) -> int:
    """The history of segments that have none yet, by the first version of each."""
    if not rules:
        return 0
    first = [(segment, definition_of(segment, 1)) for segment, _definition in rules]
    days = weeks_before(min(segment.created_at.date() for segment, _ in first))
    found: list[list[tuple[int, ...]]] = []
    for done, day in enumerate(days):
        refresh.report(done, len(days))
        answered = evaluate_all([definition for _segment, definition in first], day)
        found.append([one.members for one in answered])
    refresh.report(len(days), len(days))
    return sum(
        history_reckon(segment=segment, days=days, found=[one[at] for one in found])
        for at, (segment, _definition) in enumerate(first)
    )


def weeks_before(day: date) -> Sequence[date]:
    """The Sundays before a day, ascending."""
    last = clock.week_start(day) - timedelta(days=1)
    return [last - timedelta(weeks=back) for back in range(WEEKS_BACK - 1, -1, -1)]
