"""Dated facts of accounts with the time in which each was known, as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Keys: TypeAlias = NDArray[np.int64]
DAY = 86_400.0


def ends_of(days: Sequence[date]) -> Floats:
    """The first second after each day, as a timestamp."""
    ends = [datetime.combine(day + timedelta(days=1), time(), UTC) for day in days]
    return np.array([end.timestamp() for end in ends])


@dataclass(frozen=True)
class Facts:
    """m facts: the account's `row`, when it `occurred`, `value`, known in [known, until)."""

    row: Keys
    occurred: Floats
    value: Floats
    known: Floats
    until: Floats

    @classmethod
    def of(
        cls,
        facts: Iterable[tuple[int, datetime, float | None, datetime, datetime | None]],
        row_of: dict[int, int],
    ) -> "Facts":
        """From (account, occurred, value, recorded, superseded); other accounts are left out."""
        rows = [
            (
                row_of[account],
                occurred.timestamp(),
                np.nan if value is None else value,
                recorded.timestamp(),
                np.inf if superseded is None else superseded.timestamp(),
            )
            for account, occurred, value, recorded, superseded in facts
            if account in row_of
        ]
        table = np.array(rows, dtype=float).reshape(-1, 5)
        return cls(table[:, 0].astype(np.int64), *(table[:, i] for i in range(1, 5)))

    def at(self, end: float) -> NDArray[np.bool_]:
        """Which had happened and were known before a moment."""
        return (self.occurred < end) & (self.known < end) & (self.until >= end)


def days_since(facts: Facts, ends: Floats, accounts: int) -> Floats:
    """Days from the newest known fact to the end of each day, (accounts, days); inf: none."""
    found = np.full((accounts, ends.size), np.inf)
    for column, end in enumerate(ends.tolist()):
        known = facts.at(end)
        newest = np.full(accounts, -np.inf)
        np.maximum.at(newest, facts.row[known], facts.occurred[known])
        found[:, column] = np.floor((end - newest) / DAY)
    return found
