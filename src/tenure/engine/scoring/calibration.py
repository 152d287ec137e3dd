"""Whether probabilities mean what they say: bins, expected calibration error, recalibration."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit, ndtri

from tenure.engine.scoring.inputs import Floats, Ints, weighted
from tenure.engine.scoring.resampling import Estimate, bootstrap

_FLOOR = 1e-12
_STEPS = 60
_NAN = float("nan")


@dataclass(frozen=True)
class Bins:
    """Forecasts sorted into B groups of nearly equal size, for the plot; each of shape (B,).

    `low` and `high` are Wilson's interval of the observed share.
    """

    predicted: Floats
    actual: Floats
    low: Floats
    high: Floats
    rows: Ints


@dataclass(frozen=True)
class Recalibration:
    """What would make the forecasts right: logit P(y = 1) = intercept + slope · logit p.

    Attributes:
        intercept: 0 is right; below 0, forecasts are too high where they say one half.
        slope: 1 is right; below 1, forecasts are too extreme (overfitted); above 1, too timid.
        intercept_error: Standard error of `intercept`.
        slope_error: Standard error of `slope`.
        ratio: Σ predicted / Σ actual; above 1, too much churn was forecast.
    """

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    ratio: float


def calibration_bins(outcome: Any, chance: Any, bins: int = 10, level: float = 0.95) -> Bins:
    """Mean forecast and observed share in bins of nearly equal count; equal ones stay together.

    Interval: E. B. Wilson 1927, "Probable inference, the law of succession, and statistical
    inference", JASA 22, 209-212.
    """
    y, p, _ = weighted(outcome, chance, None)
    at = _bin_of(p, bins)
    rows = np.bincount(at)
    predicted, actual = np.bincount(at, p) / rows, np.bincount(at, y) / rows
    z = float(ndtri((1.0 + level) / 2.0))
    centre = (actual + z * z / (2 * rows)) / (1 + z * z / rows)
    spread = np.sqrt(actual * (1 - actual) / rows + np.square(z / (2 * rows)))
    half = z / (1 + z * z / rows) * spread
    low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return Bins(predicted, actual, low, high, rows)


def _bin_of(chance: Floats, bins: int) -> Ints:
    """Number of the bin of each row, 0, 1, … without gaps."""
    _, at, sizes = np.unique(chance, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - sizes / 2.0
    bin_of_value = np.floor(middle / chance.size * bins).astype(np.int64)
    return np.asarray(np.unique(bin_of_value, return_inverse=True)[1][at], dtype=np.int64)


def calibration_error(outcome: Any, chance: Any, bins: int = 10) -> float:
    """Expected calibration error: Σ_b n_b/n · |mean forecast − observed share| over the bins.

    M. P. Naeini, G. F. Cooper, M. Hauskrecht (2015), "Obtaining well calibrated probabilities
    using Bayesian binning", AAAI. Chance alone keeps it above 0, the more so the fewer the rows.
    """
    found = calibration_bins(outcome, chance, bins)
    return float((found.rows * np.abs(found.predicted - found.actual)).sum() / found.rows.sum())


def calibration_error_interval(
    outcome: Any, chance: Any, group: Any = None, bins: int = 10, draws: int = 500, seed: int = 0
) -> Estimate:
    """`calibration_error` with its 95 % bootstrap interval over groups (accounts)."""
    y, p, _ = weighted(outcome, chance, None)
    keys = np.arange(y.size) if group is None else group

    def error(rows: Ints) -> float:
        return calibration_error(y[rows], p[rows], bins)

    return bootstrap(error, keys, draws=draws, seed=seed)


def recalibration(outcome: Any, chance: Any, weight: Any = None) -> Recalibration:
    """Intercept and slope of the outcome on the forecast's log-odds, by maximum likelihood.

    D. R. Cox 1958, "Two further applications of a model for binary regression", Biometrika 45,
    562-565. Where outcomes are all the same or the forecast does not vary there is no slope: nan.
    Where it separates yes from no without error the slope is without bound: inf or -inf.
    """
    y, p, w = weighted(outcome, chance, weight)
    x = np.asarray(logit(np.clip(p, _FLOOR, 1.0 - _FLOOR)), dtype=float)
    rate, mean = float((w * y).sum()), float((w * p).sum())
    ratio = mean / rate if rate > 0 else float("inf")
    if not 0.0 < rate < 1.0 or np.ptp(x) == 0.0:
        return Recalibration(_NAN, _NAN, _NAN, _NAN, ratio)
    if _separated(x, y):
        up = x[y > 0].max() >= x[y < 1].max()
        return Recalibration(_NAN, float("inf") if up else -float("inf"), _NAN, _NAN, ratio)
    point, information = _maximise(np.stack([np.ones(x.size), x], axis=1), y, w * y.size)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    intercept, slope = (float(value) for value in point)
    return Recalibration(intercept, slope, float(errors[0]), float(errors[1]), ratio)


def _separated(x: Floats, y: Floats) -> bool:
    yes, no = x[y > 0], x[y < 1]
    return bool(yes.min() >= no.max() or yes.max() <= no.min())


def _maximise(design: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Newton's method for a weighted logistic regression, with halved steps where it overshoots."""

    def loss(point: Floats) -> float:
        z = design @ point
        return float((w * (np.logaddexp(0.0, z) - y * z)).sum())

    point, best = np.zeros(2), loss(np.zeros(2))
    information = np.eye(2)
    for _ in range(_STEPS):
        fitted = expit(design @ point)
        information = (design.T * (w * fitted * (1.0 - fitted))) @ design
        step = np.linalg.solve(information, design.T @ (w * (y - fitted)))
        while loss(point + step) > best + 1e-12 and np.abs(step).max() > 1e-12:
            step = step / 2.0
        point, best = point + step, loss(point + step)
        if np.abs(step).max() < 1e-10:
            break
    return point, information
