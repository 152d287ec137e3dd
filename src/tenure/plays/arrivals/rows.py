"""Arrivals that rows tell: changes of level and of health, answers, and risks that rise."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from django.db.models import Q

from tenure.forecast.models import Prediction, RunStatus
from tenure.forecast.selectors.predictions import CURRENT
from tenure.health.models import BandChange
from tenure.plays.arrivals.events import by_event
from tenure.plays.arrivals.shape import LATE, Arrival, counted, end_of
from tenure.plays.definition.shape import Trigger
from tenure.relationship.models import Level, LevelChange
from tenure.timeline.models import SurveyAnswer

Rows: TypeAlias = Callable[[Trigger, datetime, datetime], list[Arrival]]
_FIRST = (Level.PROSPECT, Level.CUSTOMER)
"""Levels an account may come with; nobody becomes a client by being seen for the first time."""


def rows_between(trigger: Trigger, since: datetime, until: datetime) -> list[Arrival]:
    """Arrivals with since < at <= until in order of time, an account once a day; any length."""
    found: dict[str, Arrival] = {}
    for arrival in sorted(_BY_KIND[trigger.kind](trigger, since, until), key=_order):
        if since < arrival.at <= until:
            found.setdefault(arrival.key, arrival)
    return list(found.values())


def _order(arrival: Arrival) -> tuple[datetime, int]:
    return arrival.at, arrival.account


def _lately(since: datetime, until: datetime) -> Q:
    """Changes that may count in between: recorded then, or of then and recorded later."""
    days = (since.date(), until.date())
    return Q(recorded_at__gt=since, recorded_at__lte=until) | Q(as_of__range=days)


def _by_level(trigger: Trigger, since: datetime, until: datetime) -> Iterator[Arrival]:
    rows = LevelChange.objects.filter(_lately(since, until), new=trigger.to)
    if trigger.origin:
        rows = rows.filter(old=trigger.origin)
    elif trigger.to not in _FIRST:
        rows = rows.exclude(old="")
    for account, day, old, new, recorded in rows.values_list(
        "account_id", "as_of", "old", "new", "recorded_at"
    ):
        at = counted(recorded, end_of(day))
        because = {"kind": "level", "from": old, "to": new, "on": day.isoformat()}
        yield Arrival(account, at, at.date(), because)


def _by_health(trigger: Trigger, since: datetime, until: datetime) -> Iterator[Arrival]:
    rows = BandChange.objects.filter(_lately(since, until), new=trigger.to)
    rows = rows.filter(old=trigger.origin) if trigger.origin else rows
    for account, day, old, new, recorded in rows.values_list(
        "account_id", "as_of", "old", "new", "recorded_at"
    ):
        at = counted(recorded, end_of(day))
        because = {"kind": "health", "from": old, "to": new, "on": day.isoformat()}
        yield Arrival(account, at, at.date(), because)


def _by_answer(trigger: Trigger, since: datetime, until: datetime) -> Iterator[Arrival]:
    rows = SurveyAnswer.objects.filter(
        Q(recorded_at__gt=since, recorded_at__lte=until)
        | Q(answered_at__gt=since, answered_at__lte=until),
        account__isnull=False, kind=trigger.survey,
        score__gte=trigger.lowest, score__lte=trigger.highest,
    )  # fmt: skip
    for pk, account, score, answered, recorded, superseded in rows.values_list(
        "pk", "account_id", "score", "answered_at", "recorded_at", "superseded_at"
    ):
        at = counted(recorded, answered)
        # One that was corrected on the day it counts is told by its correction.
        if account is not None and (superseded is None or superseded.date() > at.date()):
            because = {
                "kind": "answer", "survey": trigger.survey, "score": score, "answer": pk,
                "on": answered.date().isoformat(),
            }  # fmt: skip
            yield Arrival(account, at, at.date(), because)


def _by_risk(trigger: Trigger, since: datetime, until: datetime) -> Iterator[Arrival]:
    """Rises from one kept prediction to the next; a first one has risen from nothing known."""
    rows = Prediction.objects.filter(
        as_of__gt=since.date() - CURRENT - LATE - timedelta(days=1), as_of__lte=until.date(),
        made_at__lte=until, run__signal=True,
    ).exclude(run__status=RunStatus.REPLAY)  # fmt: skip
    told = rows.order_by("account_id", "as_of", "pk").values_list(
        "account_id", "as_of", "made_at", "run_id", "survival"
    )
    for account, line in groupby(told.iterator(), key=lambda row: row[0]):
        before = None
        for _account, day, made, run, survival in line:
            if len(survival) < trigger.months:
                before = None
                continue
            risk = 1.0 - survival[trigger.months - 1]
            if before is not None and day - before[0] <= CURRENT and (
                before[2] <= trigger.above < risk
            ):  # fmt: skip
                at = counted(made, end_of(day))
                because = {
                    "kind": "risk", "months": trigger.months, "above": trigger.above,
                    "from": round(before[2], 4), "to": round(risk, 4), "on": day.isoformat(),
                    "retrained": run != before[1],
                }  # fmt: skip
                yield Arrival(account, at, at.date(), because)
            before = (day, run, risk)


_BY_KIND: dict[str, Callable[[Trigger, datetime, datetime], Iterator[Arrival]]] = {
    "level": _by_level,
    "health": _by_health,
    "answer": _by_answer,
    "risk": _by_risk,
    "event": by_event,
}
KINDS = frozenset(_BY_KIND)
