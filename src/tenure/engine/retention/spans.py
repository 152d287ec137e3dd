"""Times in which something lasted, of many accounts, as arrays; and their lengths in months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
OPEN = int(np.iinfo(np.int64).max)
"""`lost` of a span that hasn't ended."""


def stamp(moment: datetime) -> int:
    """Microseconds since 1970 in UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


def moment_at(microseconds: int) -> datetime:
    """The inverse of `stamp`."""
    return EPOCH + int(microseconds) * MICROSECOND


@dataclass(frozen=True)
class Spans:
    """S half-open times [started, lost), by account and start.

    Those of an account are disjoint unless said otherwise.

    Attributes:
        account: Keys, ascending. Shape (S,), as all others.
        started: Microseconds (`stamp`).
        lost: Microseconds; `OPEN` where it goes on.
        marks: What is known of each span from its start on, as whole numbers by name.
    """

    account: Ints
    started: Ints
    lost: Ints
    marks: Mapping[str, Ints] = field(default_factory=dict)

    def of(self, accounts: Ints) -> "Spans":
        """Only those of some accounts (ascending keys)."""
        return self.where(among(self.account, accounts))

    def where(self, chosen: NDArray[np.bool_]) -> "Spans":
        """Only those chosen by a mask."""
        marks = {name: values[chosen] for name, values in self.marks.items()}
        return Spans(self.account[chosen], self.started[chosen], self.lost[chosen], marks)

    def firsts(self) -> "Spans":
        """The first span of each account."""
        return self.where(_new(self.account))


def spans_of(rows: Sequence[tuple[int, ...]], names: Sequence[str] = ()) -> Spans:
    """Spans from rows (account, started, lost, *marks), sorted by account and start.

    Args:
        rows: Any order.
        names: The names of the marks, in the order of the rows.
    """
    table = np.array(sorted(rows), dtype=np.int64).reshape(len(rows), 3 + len(names))
    marks = {name: table[:, 3 + index].copy() for index, name in enumerate(names)}
    return Spans(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy(), marks)


def distinct(ascending: Ints) -> Ints:
    """The different values of an array in ascending order, which sorting would find slowly."""
    return ascending[_new(ascending)]


def _new(ascending: Ints) -> NDArray[np.bool_]:
    changed = np.ones(len(ascending), dtype=bool)
    changed[1:] = ascending[1:] != ascending[:-1]
    return changed


def among(values: Ints, keys: Ints) -> NDArray[np.bool_]:
    """Which values are among the ascending keys."""
    return rows_among(values, keys)[1]


def rows_among(values: Ints, keys: Ints) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each value stands among the ascending keys, and whether it does."""
    if not len(keys):
        return np.zeros(len(values), dtype=np.intp), np.zeros(len(values), dtype=bool)
    rows = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    return rows, np.asarray(keys[rows] == values)


def months_between(started: Ints, ended: Ints) -> tuple[Ints, Ints]:
    """Calendar months from each start to each end: those completed, and those begun.

    A month is completed on the same day and time of a later month, or on the last day of a month
    that lacks the day (as `money.add_months`). Both are equal where the end falls on that moment.
    """
    since, until = _split(started), _split(ended)
    last_day = (_month_start(until.month + 1) - _month_start(until.month)) // DAY - 1
    due = np.minimum(since.into // DAY, last_day) * DAY + since.into % DAY
    raw = until.month - since.month
    return raw - (until.into < due), raw + (until.into > due)


@dataclass(frozen=True)
class _Split:
    """Moments as a month (numbered from January 1970) and the microseconds into it."""

    month: Ints
    into: Ints


def _split(at: Ints) -> _Split:
    month = month_of(at)
    return _Split(month, at - _month_start(month))


def month_of(at: Ints) -> Ints:
    """The calendar months (UTC) that hold some moments, numbered from January 1970."""
    return at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)


def _month_start(month: Ints) -> Ints:
    return month.astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)


def month_number(moment: date) -> int:
    """The calendar month of a day or a moment (in UTC), numbered from January 1970."""
    at = moment.astimezone(UTC) if isinstance(moment, datetime) else moment
    return (at.year - 1970) * 12 + at.month - 1


def month_begin(number: int) -> datetime:
    """The first moment of a month."""
    return datetime(1970 + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def close_of(number: int) -> datetime:
    """The last moment of a month: its books hold all that happened on its days."""
    return month_begin(number + 1) - MICROSECOND
