"""Test dates, and the other days on which something has to be known."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from tenure.core import clock
from tenure.engine.panel.calendar import months_after

Floats: TypeAlias = NDArray[np.float64]
BACK = 3  # months before the first test date that changes look back to


def months_back(day: date, months: int) -> date:
    """The same day so many months before, or that month's last."""
    return cast("date", months_after(day, -months).item())


def grid_days(first: date, last: date) -> list[date]:
    """The monthly days from `BACK` months before `first` to `last`, ascending."""
    days = []
    step = -BACK
    while (day := months_back(first, -step)) <= last:
        days.append(day)
        step += 1
    return days


def end_of(day: date) -> datetime:
    """The last moment of a day; of today, now: facts may carry later times."""
    return min(datetime.combine(day, time.max, UTC), clock.now())


def week_of(day: date) -> date:
    """The Monday of the last week that had ended by the end of a day; today: the running one."""
    monday = clock.week_start(day)
    whole = day.weekday() == 6 or day >= clock.today()
    return monday if whole else monday - timedelta(days=7)
