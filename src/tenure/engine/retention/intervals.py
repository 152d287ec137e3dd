"""How sure the figures are: intervals of shares and ratios, and of a trend."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]
COVERAGE = 0.90


@dataclass(frozen=True)
class Interval:
    """Where a figure may lie, had other accounts of the same kind been there."""

    low: float
    high: float


def share_interval(part: int, whole: int, coverage: float = COVERAGE) -> Interval | None:
    """Wilson's score interval of part / whole; None without a whole (JASA 22, 1927)."""
    if whole <= 0:
        return None
    z = float(ndtri(0.5 + coverage / 2.0))
    p, square = part / whole, z * z / whole
    centre = (p + square / 2.0) / (1.0 + square)
    half = z / (1.0 + square) * sqrt(p * (1.0 - p) / whole + square / (4.0 * whole))
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))


def ratio_interval(part: Floats, whole: Floats, coverage: float = COVERAGE) -> Interval | None:
    """Interval of the ratio of two sums over accounts, R = sum(part) / sum(whole).

    By linearisation: var R = n / (n - 1) * sum((part - R whole)^2) / sum(whole)^2 (Cochran,
    Sampling Techniques, 3rd ed. 1977, section 2.11), with Student's t on n - 1 degrees.

    Args:
        part: Shape (n,), one number per account.
        whole: The same shape.
        coverage: Of the interval.

    Returns:
        None for fewer than two accounts, or a sum of `whole` that isn't positive.
    """
    n, total = len(whole), float(whole.sum())
    if n < 2 or total <= 0.0:
        return None
    ratio = float(part.sum()) / total
    variance = n / (n - 1) * float(((part - ratio * whole) ** 2).sum()) / total**2
    half = float(stdtrit(n - 1, 0.5 + coverage / 2.0)) * sqrt(variance)
    return Interval(ratio - half, ratio + half)


@dataclass(frozen=True)
class Trend:
    """A straight line through a series: its slope for each step, with an interval."""

    slope: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out that nothing changes."""
        return self.low > 0.0 or self.high < 0.0


def trend(values: Floats, coverage: float = COVERAGE) -> Trend | None:
    """The least-squares line of values at steps 0, 1, 2, ...; nan values are left out.

    Returns:
        None for fewer than four values, which is too few to tell a trend from noise.
    """
    known = np.isfinite(values)
    if known.sum() < 4:
        return None
    x, y = np.flatnonzero(known).astype(float), values[known]
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    rest = y - y.mean() - slope * (x - x.mean())
    error = sqrt(float((rest**2).sum()) / (len(x) - 2) / spread)
    half = float(stdtrit(len(x) - 2, 0.5 + coverage / 2.0)) * error
    return Trend(slope, slope - half, slope + half)
