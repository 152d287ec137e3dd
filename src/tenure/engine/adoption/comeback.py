"""Retention of use: of those who began in a period, who used it so many periods later."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.retention import ratio_interval, share_interval

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Comeback:
    """U units (accounts or people) over A ages, in whole periods since each began.

    Attributes:
        account: The account of each unit; with people, several may share one. Shape (U,).
        cohort: The number of the period it began in. Shape (U,).
        active: Whether it was seen at that age. Shape (U, A).
        known: Whether the period of that age has closed. Shape (U, A).
    """

    account: Ints
    cohort: Ints
    active: Flags
    known: Flags


@dataclass(frozen=True)
class Cohort:
    """Those who began in one period. `active`: how many at each age, -1 where it lies ahead."""

    start: int
    units: int
    active: tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """A share at an age with its 90 % interval. `units`: how many are old enough to know."""

    active: int
    units: int
    share: float
    low: float
    high: float


def comeback(
    seen: Flags, first: int, account: Ints, cohort: Ints, ages: int, closed: int
) -> Comeback:
    """Lay the periods of use out by age.

    Args:
        seen: Whether each unit was seen in period `first` and those after it. Shape (U, P).
        first: The number of the first period.
        account: The account of each unit. Shape (U,).
        cohort: The period each began in. Shape (U,).
        ages: How many ages, from 0 on.
        closed: The newest period that is over.
    """
    period = cohort[:, None] + np.arange(ages)[None, :]
    # The running period is left out on both sides, so that no half a month looks like a fall.
    known = (period <= closed) & (period >= first) & (period < first + seen.shape[1])
    if not seen.size:
        return Comeback(account, cohort, np.zeros_like(known), known)
    place = (period - first).clip(0, seen.shape[1] - 1)
    return Comeback(account, cohort, np.take_along_axis(seen, place, axis=1) & known, known)


def cohorts_of(found: Comeback) -> list[Cohort]:
    """By the period they began in, oldest first; those of the running period are left out."""
    rows = found.known[:, 0] if found.known.size else np.zeros(len(found.cohort), dtype=bool)
    starts, place = np.unique(found.cohort[rows], return_inverse=True)
    active = np.zeros((len(starts), found.active.shape[1]), dtype=np.int64)
    np.add.at(active, place, found.active[rows])
    sizes = np.bincount(place, minlength=len(starts))
    first = np.zeros(len(starts), dtype=np.int64)
    first[place] = np.flatnonzero(rows)
    ahead = ~found.known[first]
    active[ahead] = -1
    return [
        Cohort(int(start), int(size), tuple(int(value) for value in line))
        for start, size, line in zip(starts, sizes, active, strict=True)
    ]


def curve(found: Comeback, chosen: Flags, *, clustered: bool) -> list[Point | None]:
    """The share at each age over some of the units; None where nobody is old enough.

    Args:
        found: Shape (U, A).
        chosen: Which units count. Shape (U,).
        clustered: Units are people of accounts that come and go together: the interval is that of
            a ratio over accounts (`ratio_interval`), which is wider; else Wilson's.
    """
    account, active, known = found.account[chosen], found.active[chosen], found.known[chosen]
    points: list[Point | None] = []
    for age in range(found.active.shape[1]):
        at_risk = known[:, age]
        whole, part = int(at_risk.sum()), int(active[at_risk, age].sum())
        if not whole:
            points.append(None)
            continue
        ends = share_interval(part, whole)
        if clustered:
            _keys, place = np.unique(account[at_risk], return_inverse=True)
            used = active[at_risk, age].astype(np.float64)
            of_each = np.bincount(place, weights=used).astype(np.float64)
            sizes = np.bincount(place).astype(np.float64)
            ends = ratio_interval(of_each, sizes)
        low, high = (max(ends.low, 0.0), min(ends.high, 1.0)) if ends else (0.0, 1.0)
        points.append(Point(part, whole, part / whole, low, high))
    return points
