"""What became of accounts on days after they started, read for many at once."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tenure.contracts.selectors import periods_as_known, rates
from tenure.contracts.selectors.periods import moment_of
from tenure.core import clock
from tenure.engine.money import Period, by_account, mrr_at
from tenure.health.models import Score
from tenure.metrics.selectors.grid import panel_grid
from tenure.plays.effects.endpoints import HEALTH, MRR, RETENTION, USAGE

Floats = NDArray[np.float64]
CHUNK = 1000
FRESH = timedelta(days=14)
"""A health score older than this on the day does not stand for it."""
WEEK = timedelta(days=7)
METRIC = "active_people"


@dataclass(frozen=True)
class Started:
    """An account and the day its play started, or it was held out."""

    account: int
    day: date


def outcomes(started: Sequence[Started], days: int) -> dict[str, Floats]:
    """Endpoint → (n,) its value so many days after the start; nan where not known or to come.

    Retention: 1 while it pays, else 0. MRR: what it pays a month then less what it paid at the
    start, at today's rates. Health: points. Usage: active people of the last whole week. Who left
    is not retained, has lost all MRR, and has nobody active.
    """
    found = {name: np.full(len(started), np.nan) for name in (RETENTION, MRR, HEALTH, USAGE)}
    today = clock.today()
    rows = [i for i, one in enumerate(started) if one.day + timedelta(days=days) <= today]
    rows.sort(key=lambda i: started[i].account)
    for offset in range(0, len(rows), CHUNK):
        part = rows[offset : offset + CHUNK]
        some = [started[i] for i in part]
        at = [one.day + timedelta(days=days) for one in some]
        retained, money = _paid(some, at)
        found[RETENTION][part], found[MRR][part] = retained, money
        found[HEALTH][part] = health_on(some, at)
        found[USAGE][part] = np.where(retained == 0, 0.0, usage_before(some, at))
    return found


def _paid(some: Sequence[Started], at: Sequence[date]) -> tuple[Floats, Floats]:
    periods = by_account(periods_as_known(accounts={one.account for one in some}))
    convert = rates().on(clock.today())

    def mrr(of: Sequence[Period], day: date) -> float:
        amount = mrr_at(of, moment_of(day), convert)
        return np.nan if amount is None else float(amount)

    retained, change = np.empty(len(some)), np.empty(len(some))
    for i, (one, day) in enumerate(zip(some, at, strict=True)):
        of = periods.get(one.account, [])
        moment = moment_of(day)
        retained[i] = any(p.pays and p.active_at(moment) for p in of)
        change[i] = mrr(of, day) - mrr(of, one.day)
    return retained, change


def health_on(some: Sequence[Started], at: Sequence[date]) -> Floats:
    """(n,) points: each account's newest score on its day, or of the two weeks before it."""
    rows = Score.objects.filter(
        account__in={one.account for one in some},
        as_of__gt=min(at) - FRESH,
        as_of__lte=max(at),
        value__isnull=False,
    )
    days: dict[int, list[date]] = defaultdict(list)
    values: dict[int, list[float]] = defaultdict(list)
    ordered = rows.order_by("account", "as_of", "pk").values_list("account_id", "as_of", "value")
    for account, day, value in ordered.iterator():
        days[account].append(day)
        values[account].append(float(value or 0.0))
    found = np.full(len(some), np.nan)
    for i, (one, day) in enumerate(zip(some, at, strict=True)):
        place = bisect_right(days[one.account], day) - 1
        if place >= 0 and days[one.account][place] > day - FRESH:
            found[i] = values[one.account][place]
    return found


def usage_before(some: Sequence[Started], at: Sequence[date]) -> Floats:
    """(n,) active people of the last whole week before each account's day."""
    weeks = [clock.week_start(day) - WEEK for day in at]
    first = min(weeks)
    accounts = sorted({one.account for one in some})
    grid = panel_grid([METRIC], first, max(weeks), accounts)[METRIC]
    row = {account: i for i, account in enumerate(accounts)}
    places = [
        (row[one.account], (week - first).days // 7) for one, week in zip(some, weeks, strict=True)
    ]
    return np.array([grid[place] for place in places], dtype=float)
