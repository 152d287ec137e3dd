"""Months counted from a day: the windows of labels and of what is known ahead.

Month m after a day d is the time after `months_after(d, m − 1)` up to and including
`months_after(d, m)`. A day stands for its end: what happens on d itself is past on d.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
NEVER = np.datetime64("2900-01-01", "D")
_MONTH = 30.4375


def as_days(values: Any) -> Days:
    """Dates or times as whole days, rounded down; missing ones stay missing (NaT)."""
    return np.asarray(values).astype("datetime64[D]")


def as_seconds(values: Any) -> Days:
    """Dates or times as whole seconds; a date is its first second."""
    return np.asarray(values).astype("datetime64[s]")


def months_after(day: Any, months: Any) -> Days:
    """The same day of another month, or that month's last day if it is shorter. Broadcasts."""
    days = np.asarray(day, dtype="datetime64[D]")
    month = days.astype("datetime64[M]")
    there = month + np.asarray(months, dtype=np.int64)
    first = there.astype("datetime64[D]")
    longest = (there + 1).astype("datetime64[D]") - first - np.timedelta64(1, "D")
    return np.asarray(first + np.minimum(days - month.astype("datetime64[D]"), longest))


def _apart(start: Days, day: Days) -> NDArray[np.int64]:
    months = day.astype("datetime64[M]").astype(np.int64)
    return np.asarray(months - start.astype("datetime64[M]").astype(np.int64))


def month_of(start: Any, day: Any) -> NDArray[np.int64]:
    """The month after `start` in which `day` falls; 0 or less when it falls on `start` or before.

    The smallest m with day ≤ months_after(start, m). Neither may be missing.
    """
    begin, when = np.broadcast_arrays(as_days(start), as_days(day))
    apart = _apart(begin, when)
    return apart + (months_after(begin, apart) < when)


def closed_months(start: Any, until: Any) -> NDArray[np.int64]:
    """How many whole months after `start` have ended by the end of `until`, at least 0.

    The largest m with months_after(start, m) ≤ until. Neither may be missing.
    """
    begin, end = np.broadcast_arrays(as_days(start), as_days(until))
    apart = _apart(begin, end)
    return np.maximum(apart - (months_after(begin, apart) > end), 0)


def months_between(start: Any, day: Any) -> NDArray[np.float64]:
    """Time from `start` to `day` in months of 30.4375 days."""
    return (as_days(day) - as_days(start)).astype(np.float64) / _MONTH
