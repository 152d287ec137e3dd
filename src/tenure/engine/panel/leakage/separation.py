"""How well one column tells the label by itself, with intervals that hold at the edge."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

from tenure.engine import scoring
from tenure.engine.panel.rows import Floats, Ints

_EDGE = 1e-9


def auc(score: Floats, ones: NDArray[np.bool_]) -> float:
    """P(score of a row with the label > score of one without), ties by half; 0.5 if one is empty.

    Otherwise as `tenure.engine.scoring.auc`, which has no answer then.
    """
    if ones.all() or not ones.any():
        return 0.5
    return scoring.auc(ones, score)


def auc_interval(area: float, ones: int, zeros: int, level: float) -> tuple[float, float]:
    """Score interval of an AUC from the numbers of rows with and without the label.

    Newcombe (2006), "Confidence intervals for an effect size measure based on the Mann-Whitney
    statistic. Part 2", Statistics in Medicine 25, 559-573, method 5. Unlike ± z·SE it has a width
    at an area of exactly 1.
    """
    if ones < 1 or zeros < 1:
        return 0.0, 1.0
    from scipy.optimize import brentq  # loads much that few processes need

    z = float(ndtri(0.5 + level / 2))
    size = (ones + zeros) / 2 - 1

    def spread(theta: float) -> float:
        more = 1 + size * (1 - theta) / (2 - theta) + size * theta / (1 + theta)
        return z * float(np.sqrt(max(theta * (1 - theta) * more, 0.0) / (ones * zeros)))

    # At 0 and 1 the spread is 0, so an area there solves the equation by itself: step past it.
    inside = min(max(area, _EDGE), 1 - _EDGE)
    low = 0.0 if area <= 0 else brentq(lambda t: area - t - spread(t), 0.0, inside)
    high = 1.0 if area >= 1 else brentq(lambda t: t - area - spread(t), inside, 1.0)
    return float(low), float(high)


def shares_between(part: Ints, whole: int, level: float) -> tuple[Floats, Floats]:
    """Exact intervals of shares (Clopper and Pearson 1934, Biometrika 26, 404-413), (k,) each."""
    tail = (1 - level) / 2
    # Of many values most are as frequent as some other: work each frequency out once.
    once = np.zeros(whole + 1, dtype=np.int64)
    once[part] = 1
    known = np.flatnonzero(once)
    once[known] = np.arange(known.size)
    low = betaincinv(np.maximum(known, 1), whole - known + 1, tail)
    high = betaincinv(known + 1, np.maximum(whole - known, 1), 1 - tail)
    low, high = np.where(known > 0, low, 0.0), np.where(known < whole, high, 1.0)
    at = once[part]
    return low[at], high[at]
