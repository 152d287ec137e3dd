"""How long times of payment last, in whole months."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.retention.spans import OPEN, Ints, Spans, months_between
from tenure.engine.scoring import kaplan_meier

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Durations:
    """S durations in whole months. `lost`: whether the end was seen, else it only lasted so long.

    A loss counts in the month in which it fell, an ongoing span up to its last completed month;
    so whoever is still kept exactly k months after the start is kept at k. Shapes (S,).
    """

    months: Ints
    lost: NDArray[np.bool_]

    def where(self, chosen: NDArray[np.bool_]) -> "Durations":
        """Only those chosen by a mask."""
        return Durations(self.months[chosen], self.lost[chosen])


def durations(spans: Spans, now: int) -> Durations:
    """The durations of spans by a moment (microseconds)."""
    lost = spans.lost < OPEN
    completed, begun = months_between(spans.started, np.where(lost, spans.lost, now))
    return Durations(np.where(lost, begun, completed), lost)


@dataclass(frozen=True)
class Kept:
    """What share is kept 0, 1, ..., H months after the start.

    Attributes:
        n: Spans in it.
        losses: Losses seen, whenever.
        share: The product-limit estimate; nan after the longest watch, unless all are lost by then.
        low, high: Its interval, month by month; nan where `share` is.
        at_risk: Spans watched up to that month without a loss before it.
        median: The first month with a share of at most 1/2; None when not reached.
    """

    n: int
    losses: int
    share: Floats
    low: Floats
    high: Floats
    at_risk: Ints
    median: int | None


def kept_by_month(of: Durations, horizon: int, coverage: float = 0.90) -> Kept:
    """The Kaplan-Meier curve with its log-log Greenwood interval (`scoring`), month by month.

    Greenwood's interval is empty until the first loss. Until then the low end is the exact one
    of no loss among the n at risk, ((1 - coverage) / 2) ** (1 / n). At the start all are kept.

    Args:
        of: Any number of durations.
        horizon: H, in months.
        coverage: Of the interval at each month.
    """
    ages = np.arange(horizon + 1)
    at_risk = len(of.months) - np.searchsorted(np.sort(of.months), ages)
    unknown = np.full(len(ages), np.nan)
    if not len(of.months):
        return Kept(0, 0, unknown, unknown, unknown, at_risk, None)
    curve = kaplan_meier(of.months, of.lost, coverage)
    place = np.searchsorted(curve.times, ages, side="right")
    share, low, high = (
        np.concatenate([[1.0], part])[place] for part in (curve.survival, curve.low, curve.high)
    )
    none_lost = (0.5 - coverage / 2.0) ** (1.0 / np.maximum(at_risk, 1))
    low = np.where((share < 1.0) | (ages == 0), low, none_lost)
    known = (at_risk > 0) | (share <= 0.0)
    reached = np.flatnonzero(known & (share <= 0.5))
    return Kept(
        n=len(of.months),
        losses=int(of.lost.sum()),
        share=np.where(known, share, np.nan),
        low=np.where(known, low, np.nan),
        high=np.where(known, high, np.nan),
        at_risk=at_risk,
        median=int(reached[0]) if len(reached) else None,
    )
