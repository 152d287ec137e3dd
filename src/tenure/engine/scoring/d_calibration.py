"""Whether forecast survival curves are right as a whole: a test of their distribution."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc

from tenure.engine.scoring.inputs import Bools, Floats, spells


@dataclass(frozen=True)
class DCalibration:
    """Share of rows in each of B equal bins of S (B,), the test statistic and its p-value.

    A small p-value says that the curves are not calibrated; a large one that this many rows do not
    show it.
    """

    shares: Floats
    statistic: float
    p_value: float


def d_calibration(event: Any, at_end: Any, before: Any = None, bins: int = 10) -> DCalibration:
    """χ² test that the forecast survival at the time of leaving is spread evenly over 0…1.

    Right curves put a tenth of all leavers into each tenth of S_i(T_i). Of an account that was
    still there with S = s, the true place is anywhere below s: it is spread evenly over 0…s. H.
    Haider et al. 2020, "Effective ways to build and evaluate individual survival distributions",
    JMLR 21(85), §3.5.

    Args:
        event: (n,) whether the account left.
        at_end: (n,) S_i at the end of its time.
        before: (n,) S_i one step earlier, for forecasts in whole months: who left in a month is
            spread evenly over the step of the curve, as the exact day is not known (C. Czado, T.
            Gneiting and L. Held 2009, "Predictive model assessment for count data", Biometrics 65,
            1254-1261). The place is exactly `at_end` where None.
        bins: B.
    """
    end, left = spells(at_end, event)
    start = end if before is None else np.asarray(before, dtype=float)
    if start.shape != end.shape or (start < end).any() or (start > 1).any():
        raise ValueError("Survival must lie within 0 and 1 and must not rise.")
    edges = np.linspace(0.0, 1.0, bins + 1)
    low, high = np.where(left, end, 0.0), np.where(left, start, end)
    counts = _spread(low, high, edges).sum(axis=0)
    expected = end.size / bins
    statistic = float((np.square(counts - expected) / expected).sum())
    return DCalibration(counts / end.size, statistic, float(chdtrc(bins - 1, statistic)))


def _spread(low: Floats, high: Floats, edges: Floats) -> Floats:
    """How much of each row's range lies in each bin (n, B); a point lies in one."""
    width = high - low
    point: Bools = width <= 0
    inside = np.clip(high[:, None], edges[:-1], edges[1:]) - np.clip(
        low[:, None], edges[:-1], edges[1:]
    )
    place = np.minimum((high * (edges.size - 1)).astype(np.int64), edges.size - 2)
    whole = np.eye(edges.size - 1)[place]
    return np.where(point[:, None], whole, inside / np.where(point, 1.0, width)[:, None])
