"""MRR: the sum of the monthly amounts of all periods that are running and are no trials.

MRR(a, t) = sum of mrr(p) over periods p of account a, p no trial, started(p) <= t < ended(p).
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.money.currency import CENT_OF_CENT, Conversion
from tenure.engine.money.periods import Period

ZERO = Decimal(0)


def unconverted(
    periods: Iterable[Period], start: datetime, end: datetime, convert: Conversion
) -> dict[int, tuple[str, ...]]:
    """Accounts paying in a currency without a rate at any moment of [start, end].

    Returns:
        Account key to those currencies, sorted. Sums leave such an account out whole: a part of
        an account's money would show a change of currency as a new customer.
    """
    found: dict[int, set[str]] = {}
    for p in periods:
        if not p.is_trial and p.mrr and not convert.known(p.currency) and p.overlaps(start, end):
            found.setdefault(p.account, set()).add(p.currency)
    return {account: tuple(sorted(currencies)) for account, currencies in found.items()}


def mrr_at(periods: Iterable[Period], moment: datetime, convert: Conversion) -> Decimal | None:
    """MRR of the given periods together at a moment; None if any of it has no rate."""
    total = ZERO
    for p in periods:
        if p.is_trial or not p.mrr or not p.active_at(moment):
            continue
        amount = convert(p.mrr, p.currency)
        if amount is None:
            return None
        total += amount
    return total


def mrr_steps(
    periods: Iterable[Period], convert: Conversion
) -> list[tuple[datetime, Decimal | None]]:
    """One account's MRR as a step function: (from this moment, MRR), only where it changes.

    The first step is the first paying period's start; None where part of it has no rate.
    """
    paying = [p for p in periods if not p.is_trial and p.mrr and not p.is_empty]
    moments = {p.started for p in paying} | {p.ended for p in paying if p.ended is not None}
    steps: list[tuple[datetime, Decimal | None]] = []
    for moment in sorted(moments):
        value = mrr_at(paying, moment, convert)
        if not steps or steps[-1][1] != value:
            steps.append((moment, value))
    return steps


@dataclass(frozen=True)
class MrrMatrix:
    """MRR of many accounts at many moments, exact in whole units of 0.0001.

    Attributes:
        accounts: The A account keys, ascending.
        moments: The T moments, ascending.
        units: Shape (A, T); MRR = units / 10,000 in the reporting currency. int64, or Python's
            own integers when all amounts together are beyond int64.
        paying: int64 of shape (A, T); number of paying periods running, where a period counts
            for `grace` longer than it lasts.
        first_paid: Index of the first moment that isn't before the account's first payment;
            T when it is after all of them. Shape (A,).
        unconverted: Accounts left out for want of a rate, with their currencies.
    """

    accounts: NDArray[np.int64]
    moments: tuple[datetime, ...]
    units: NDArray[Any]
    paying: NDArray[np.int64]
    first_paid: NDArray[np.int64]
    unconverted: dict[int, tuple[str, ...]]


def mrr_matrix(
    periods: Sequence[Period],
    moments: Sequence[datetime],
    convert: Conversion,
    grace: timedelta = timedelta(0),
) -> MrrMatrix:
    """MRR of all accounts at all moments, in one sweep over the periods.

    Args:
        periods: Any number of periods of any number of accounts.
        moments: At least one moment, ascending.
        convert: Rates of one day.
        grace: How long after its end a period still counts in `paying` (not in `units`).
    """
    missing = unconverted(periods, moments[0], moments[-1], convert)
    counted = [
        (p, _units(p, convert))
        for p in periods
        if not p.is_trial and not p.is_empty and p.account not in missing
    ]
    keys = sorted({p.account for p, _ in counted})
    row_of = {account: row for row, account in enumerate(keys)}
    fits = sum(abs(amount) for _, amount in counted) <= np.iinfo(np.int64).max
    units = np.zeros((len(keys), len(moments) + 1), dtype=np.int64 if fits else object)
    paying = np.zeros(units.shape, dtype=np.int64)
    first_paid = np.full(len(keys), len(moments), dtype=np.int64)
    for p, amount in counted:
        row = row_of[p.account]
        begin = bisect_left(moments, p.started)
        if p.mrr > 0:
            first_paid[row] = min(int(first_paid[row]), begin)
            _count(paying, row, begin, _index(moments, p.ended, grace), 1)
        _count(units, row, begin, _index(moments, p.ended), amount)
    return MrrMatrix(
        np.array(keys, dtype=np.int64),
        tuple(moments),
        units.cumsum(axis=1)[:, :-1],
        paying.cumsum(axis=1)[:, :-1],
        first_paid,
        missing,
    )


def _units(period: Period, convert: Conversion) -> int:
    # Where this finds no rate, the period lies outside the window and covers none of its moments.
    return int((convert(period.mrr, period.currency) or ZERO).scaleb(4))


def _index(
    moments: Sequence[datetime], ended: datetime | None, grace: timedelta = timedelta(0)
) -> int:
    return len(moments) if ended is None else bisect_left(moments, ended + grace)


def _count(grid: NDArray[Any], row: int, begin: int, stop: int, amount: int) -> None:
    grid[row, begin] += amount
    grid[row, stop] -= amount


def as_money(units: int | np.int64) -> Decimal:
    """Whole units of 0.0001 as an amount."""
    return int(units) * CENT_OF_CENT
