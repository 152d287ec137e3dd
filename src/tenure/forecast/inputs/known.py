"""Dated facts of accounts with the time in which each was known, counted over windows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.forecast.inputs.days import Floats, end_of

DAY = 86_400.0
Fact: TypeAlias = tuple[int | None, datetime, float | None, datetime, datetime | None]


@dataclass(frozen=True)
class Facts:
    """m facts: the account's row, when each occurred, its value, and from when until when known.

    `first` is when the first of them was known: before that nothing is said of anybody.
    """

    row: NDArray[np.int64]
    occurred: Floats
    value: Floats
    known: Floats
    until: Floats
    ends: Floats
    accounts: int
    first: float

    @classmethod
    def of(
        cls,
        facts: Iterable[Fact],
        accounts: Sequence[int],
        days: Sequence[date],
        first: datetime | None,
    ) -> "Facts":
        """From (account, occurred, value, recorded, superseded); `first` over all accounts."""
        row_of = {account: row for row, account in enumerate(accounts)}
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
        return cls(
            row=table[:, 0].astype(np.int64),
            occurred=table[:, 1],
            value=table[:, 2],
            known=table[:, 3],
            until=table[:, 4],
            ends=np.array([end_of(day).timestamp() for day in days]),
            accounts=len(accounts),
            first=np.inf if first is None else first.timestamp(),
        )

    def _columns(self, days: float) -> Iterable[tuple[int, NDArray[np.bool_]]]:
        for column, end in enumerate(self.ends.tolist()):
            if end >= self.first:
                here = (self.occurred <= end) & (self.known <= end) & (self.until > end)
                yield column, here & (self.occurred > end - days * DAY)

    def _empty(self) -> Floats:
        return np.full((self.accounts, self.ends.size), np.nan)

    def count(self, days: float) -> Floats:
        """How many in the last so many days, (accounts, days)."""
        found = self._empty()
        for column, here in self._columns(days):
            found[:, column] = np.bincount(self.row[here], minlength=self.accounts)
        return found

    def mean(self, days: float) -> Floats:
        """Mean of the values in the last so many days; nan without one."""
        found = self._empty()
        for column, within in self._columns(days):
            here = within & ~np.isnan(self.value)
            counts = np.bincount(self.row[here], minlength=self.accounts)
            sums = np.bincount(self.row[here], self.value[here], minlength=self.accounts)
            found[:, column] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        return found

    def age(self, longest: float) -> Floats:
        """Days since the newest; `longest` where there is none within that time."""
        found = self._empty()
        for column, here in self._columns(longest):
            newest = np.full(self.accounts, -np.inf)
            np.maximum.at(newest, self.row[here], self.occurred[here])
            days = np.floor((self.ends[column] - newest) / DAY)
            found[:, column] = np.minimum(days, longest)
        return found
