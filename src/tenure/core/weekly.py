"""Which weekly evaluations a refresh stage owes: the weeks it never did, those whose facts changed,
and the running week.

A week is evaluated as of its Sunday, the running week as of today. What a stage has seen is kept in
the detail of its `StageRun`: the last Sunday it did, and the newest key of each table of facts. A
fact with a newer key that was recorded in an earlier week (a history load) makes the stage go back
to that week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min, Model

from tenure.core import clock
from tenure.core.models import StageRun
from tenure.core.pipeline import Refresh

WEEK = timedelta(days=7)
SUNDAY = timedelta(days=6)


@dataclass(frozen=True)
class Owed:
    """The days to evaluate, in order; the last is today. `mark`: what to put into the detail."""

    days: tuple[date, ...]
    mark: dict[str, Any]


def owed(
    stage: str,
    refresh: Refresh,
    facts: Sequence[type[Model]],
    changed_from: date | None = None,
) -> Owed:
    """The days a stage owes, given its tables of facts (each with `recorded_at`).

    `changed_from`: first day of other inputs (the metrics) that changed since its last run.
    """
    last = last_run(stage)
    seen: dict[str, int] = last.detail.get("seen", {}) if last else {}
    newest: dict[str, int] = {}
    days: list[date] = []
    for model in facts:
        name = model._meta.label_lower
        rows = model._default_manager.all()
        newest[name] = rows.aggregate(x=Max("pk"))["x"] or 0
        fresh = rows.filter(pk__gt=seen.get(name, 0)).aggregate(x=Min("recorded_at"))["x"]
        if fresh is not None:
            days.append(fresh.date())
    days += [day for day in (changed_from, refresh.since) if day is not None]
    this_week = clock.week_start(refresh.as_of)
    days.append(this_week - WEEK)
    if last is not None and "through" in last.detail:
        days.append(date.fromisoformat(last.detail["through"]) + timedelta(days=1))
    first = clock.week_start(min(days))
    first = max(first, _earliest(facts) or this_week)
    count = max((this_week - first).days // 7, 0)
    sundays = [first + WEEK * index + SUNDAY for index in range(count)]
    mark = {"through": (this_week - timedelta(days=1)).isoformat(), "seen": newest}
    return Owed((*sundays, refresh.as_of), mark)


def last_run(stage: str) -> StageRun | None:
    """The newest run of a stage that came to its end."""
    return StageRun.objects.filter(stage=stage, outcome="done").order_by("-id").first()


def first_run_at(stage: str) -> datetime:
    """When a stage ran first (now, if it never did)."""
    began: datetime | None = StageRun.objects.filter(stage=stage).aggregate(x=Min("started_at"))[
        "x"
    ]
    return began or clock.now()


def _earliest(facts: Sequence[type[Model]]) -> date | None:
    found = [model._default_manager.aggregate(x=Min("recorded_at"))["x"] for model in facts]
    known = [moment.date() for moment in found if moment is not None]
    return clock.week_start(min(known)) if known else None
