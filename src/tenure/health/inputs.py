"""The raw values that measures are made of: metrics of the panel, and the pulse."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.core import clock
from tenure.engine.health import own_baseline
from tenure.health.definitions import Column
from tenure.metrics.selectors.grid import panel_grid
from tenure.timeline.models import Pulse

Floats: TypeAlias = NDArray[np.float64]
WEEK = timedelta(days=7)


def raw_values(
    columns: Sequence[Column],
    days: Sequence[date],
    accounts: Sequence[int],
    instead: Mapping[str, Floats] | None = None,
) -> Mapping[str, Floats]:
    """Raw value of each column, named by `column_id`: accounts × days.

    `instead`: metric → accounts × weeks up to that of the last day, in place of the panel's.
    """
    mondays = [clock.week_start(day) for day in days]
    deepest = max((c.baseline_weeks for c in columns), default=0)
    first = min(mondays) - WEEK * deepest
    at = [(monday - first).days // 7 for monday in mondays]
    wanted = sorted({c.metric for c in columns if c.metric})
    grid = panel_grid(wanted, first, max(mondays), accounts)
    weeks = (max(mondays) - first).days // 7 + 1
    grid |= {metric: part[:, -weeks:] for metric, part in (instead or {}).items()}
    found: dict[str, Floats] = {}
    for column in columns:
        if column.is_pulse:
            found[column_id(column)] = _pulses(days, accounts, column.stale_after_days)
        elif column.baseline_weeks:
            z = own_baseline(grid[column.metric], column.baseline_weeks)
            found[column_id(column)] = z[:, at]
        else:
            found[column_id(column)] = grid[column.metric][:, at]
    return found


def column_id(column: Column) -> str:
    """Same for columns whose raw values are the same, whichever scorecard they are on."""
    if column.is_pulse:
        return f"pulse/{column.stale_after_days}"
    return f"{column.metric}/{column.baseline_weeks}"


def _pulses(days: Sequence[date], accounts: Sequence[int], stale_after: int) -> Floats:
    """The newest pulse as known at the end of each day; nan when older than it may be."""
    values = np.full((len(accounts), len(days)), np.nan)
    newest = np.full(values.shape, -np.inf)
    row_of = {account: row for row, account in enumerate(accounts)}
    ends = [datetime.combine(day + timedelta(days=1), time(), UTC) for day in days]
    rows = Pulse.objects.filter(account__pk__range=(min(accounts), max(accounts)))
    fields = ("account_id", "value", "occurred_at", "recorded_at", "superseded_at")
    for account, value, occurred, recorded, superseded in rows.values_list(*fields):
        row = row_of.get(account)
        if row is None:
            continue
        known_from = max(occurred, recorded)
        until = occurred + timedelta(days=stale_after)
        for column, end in enumerate(ends):
            known = known_from < end and (superseded is None or superseded >= end)
            if (
                known
                and end <= until + timedelta(days=1)
                and occurred.timestamp() > newest[row, column]
            ):
                values[row, column] = value
                newest[row, column] = occurred.timestamp()
    return values
