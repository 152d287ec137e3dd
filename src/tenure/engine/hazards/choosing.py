"""Which candidate is believed, and how it is recalibrated."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.logistic import information_of, losses, solve
from tenure.engine.hazards.periods import Periods
from tenure.engine.hazards.report import Candidate
from tenure.engine.panel.rows import Floats, Ints

_SHIFT_SD, _SLOPE_SD = 0.3, 0.2


@dataclass(frozen=True)
class Calibration:
    """Score → shift + slope · score; `spread` (2, 2) is the covariance of the two."""

    shift: float
    slope: float
    spread: Floats


AS_IT_IS = Calibration(0.0, 1.0, np.zeros((2, 2)))


def compare(name: str, eta: Floats, rate: Floats, periods: Periods, account: Ints) -> Candidate:
    """A candidate against the base rate, both as cross-fitted log-odds, (m,)."""
    mine = losses(eta, periods.came) * periods.weight
    theirs = losses(rate, periods.came) * periods.weight
    months = float(periods.weight.sum())
    _, at = np.unique(account, return_inverse=True)
    loss, se = _mean(mine, at, months, periods.weight)
    gain, gain_se = _mean(theirs - mine, at, months, periods.weight)
    return Candidate(name, loss, se, gain, gain_se)


def _mean(amount: Floats, at: Ints, months: float, weight: Floats) -> tuple[float, float]:
    """Ratio Σ amount/Σ months and its standard error over accounts (delta method)."""
    mean = float(amount.sum()) / months
    off = np.bincount(at, weights=amount - mean * weight)
    n = max(off.size, 2)
    return mean, float(np.sqrt(np.square(off).sum() * n / (n - 1))) / months


def calibrate(score: Floats, offset: Floats, periods: Periods, overlap: float) -> Calibration:
    """Shift and slope of cross-fitted scores on top of the base, held near 0 and 1.

    Priors N(0, 0.3²) and N(1, 0.2²); information is divided by `overlap`, the rows an account has.
    """
    x = np.stack([np.ones_like(score), score], axis=1)
    penalty = overlap * np.array([_SHIFT_SD**-2, _SLOPE_SD**-2])
    found = solve(x, periods.came, periods.weight, offset + score, penalty)
    eta = offset + score + x @ found.beta
    information = information_of(x, periods.weight, eta) + np.diag(penalty)
    spread: Floats = np.asarray(np.linalg.inv(information) * overlap, dtype=np.float64)
    return Calibration(float(found.beta[0]), 1.0 + float(found.beta[1]), spread)


def slope(eta: Floats, periods: Periods) -> float:
    """Calibration slope: of outcomes on log-odds, nan where these don't differ."""
    if float(np.ptp(eta)) < 1e-9:
        return float("nan")
    x = np.stack([np.ones_like(eta), eta], axis=1)
    found = solve(x, periods.came, periods.weight, np.zeros_like(eta), np.full(2, 1e-6))
    return float(found.beta[1])
