"""Scores of many accounts at once under one scorecard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.health.scorecard import Bands, Floats, Scorecard, mapped

BANDS = ("unknown", "poor", "fair", "good")
_POINT_DECIMALS = 4


@dataclass(frozen=True)
class Evaluated:
    """n accounts under k measures.

    `value` (n,): 0-100, nan where coverage is below the minimum. `coverage` (n,): Σ shares of the
    measures at hand, 0-1. `points` (n, k): mapped values, nan where missing. `effective` (n, k):
    the shares renormalised over the measures at hand, 0 where missing. `band` (n,): index into
    BANDS.
    """

    value: Floats
    coverage: Floats
    points: Floats
    effective: Floats
    band: NDArray[np.int8]

    @property
    def contributions(self) -> Floats:
        """Points that each measure adds, (n, k); a row sums to its value within 1e-9."""
        return np.where(np.isnan(self.points), 0.0, self.points) * self.effective


def evaluate(scorecard: Scorecard, raw: Floats) -> Evaluated:
    """Score raw values (n, k), columns as `scorecard.measures()`, nan where missing.

    value = Σ_i e_i·m_i with e_i = w_i/Σ_{j at hand} w_j. Points are rounded to four decimals before
    they are weighed, so what is stored is exactly what was added up.
    """
    columns = [mapped(raw[:, i], m.knots) for i, m in enumerate(scorecard.measures())]
    points = np.asarray(np.round(np.stack(columns, axis=1), _POINT_DECIMALS), dtype=np.float64)
    at_hand = ~np.isnan(points)
    weights = at_hand * scorecard.shares()
    coverage = np.round(weights.sum(axis=1), 12)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(at_hand, weights / weights.sum(axis=1, keepdims=True), 0.0)
    value = (np.where(at_hand, points, 0.0) * effective).sum(axis=1)
    enough = (coverage >= scorecard.minimum_coverage - 1e-9) & at_hand.any(axis=1)
    value = np.where(enough, value, np.nan)
    return Evaluated(value, coverage, points, effective, band_of(value, scorecard.bands))


def band_of(value: Floats, bands: Bands) -> NDArray[np.int8]:
    """Index into BANDS of each value; nan is unknown."""
    with np.errstate(invalid="ignore"):
        known = 1 + (value >= bands.fair).astype(np.int8) + (value >= bands.good)
    return np.where(np.isnan(value), 0, known).astype(np.int8)
