"""Finding the last fact of an account before a time, for many rows at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.rows import Ints


def codes_of(accounts: Ints, wanted: Ints) -> Ints:
    """Index of each wanted account in the sorted `accounts`, -1 for one that is not there."""
    if not accounts.size:
        return np.full(wanted.shape, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(accounts, wanted), accounts.size - 1)
    return np.where(accounts[at] == wanted, at, -1).astype(np.int64)


@dataclass(frozen=True)
class Timeline:
    """Facts sorted by account code (≥ 0) and time (whole numbers), for binary search."""

    code: Ints
    time: Ints
    keys: Ints
    low: int
    span: int

    @classmethod
    def of(cls, code: Ints, time: Ints) -> "Timeline":
        """Of facts that are already sorted by (code, time)."""
        low = int(time.min()) if time.size else 0
        high = int(time.max()) if time.size else 0
        span = high - low + 2
        if time.size and int(code[-1]) + 1 > np.iinfo(np.int64).max // span:
            raise ValueError("Too many accounts over too long a time for one table.")
        return cls(code, time, code * span + (time - low), low, span)

    def position(self, code: Ints, time: Ints) -> Ints:
        """How many facts come before or at an account's time, in the order of the table."""
        within = np.clip(time - self.low, -1, self.span - 2)
        return np.searchsorted(self.keys, code * self.span + within, side="right").astype(np.int64)

    def last(self, code: Ints, time: Ints) -> Ints:
        """Index of each account's last fact at or before a time, -1 when there is none."""
        if not self.keys.size:
            return np.full(code.shape, -1, dtype=np.int64)
        at = self.position(code, time) - 1
        return np.where((at >= 0) & (self.code[at] == code), at, -1)

    def next(self, code: Ints, time: Ints) -> Ints:
        """Index of each account's first fact after a time, -1 when there is none."""
        if not self.keys.size:
            return np.full(code.shape, -1, dtype=np.int64)
        at = self.position(code, time)
        there = at < self.keys.size
        at = np.minimum(at, self.keys.size - 1)
        return np.where(there & (self.code[at] == code), at, -1)


def earlier_smaller(code: Ints, values: Ints) -> Ints:
    """For each entry the nearest earlier one of its account with a smaller value, or -1.

    Pointer jumping: everything between an entry and its pointer is at least as great as the entry,
    so a pointer to something too great may take over that one's pointer.
    """
    back = np.arange(code.size, dtype=np.int64) - 1
    if code.size:
        back[np.concatenate([[True], code[1:] != code[:-1]])] = -1
    active = np.flatnonzero((back >= 0) & (values[np.maximum(back, 0)] >= values))
    while active.size:
        back[active] = back[back[active]]
        target = back[active]
        active = active[(target >= 0) & (values[np.maximum(target, 0)] >= values[active])]
    return back


def distinct(*columns: NDArray[Any]) -> Ints:
    """Indexes of rows sorted by the columns, first column first, each different row once."""
    order = np.lexsort(columns[::-1])
    if not order.size:
        return order.astype(np.int64)
    new = np.zeros(order.size, dtype=bool)
    new[0] = True
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    return order[new].astype(np.int64)


def different(keys: NDArray[Any]) -> NDArray[Any]:
    """The different values in order, by sorting (NumPy's hash table is far slower on many)."""
    ordered = np.sort(keys)
    return np.asarray(ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])[: keys.size]])
