"""The formulas of the beta-discrete-Weibull distribution.

Each customer survives t periods with probability (1 − θ)^(t^c); over customers θ follows a
Beta(α, β) distribution. α, β and the shape c are above zero. c > 1: each customer grows likelier to
leave with time; c < 1: less likely; c = 1: the shifted-beta-geometric model (`tenure.engine.sbg`).

Source: P. S. Fader, B. G. S. Hardie, Y. Liu, J. Davin and T. Steenburgh (2018), "'How to project
customer retention' revisited: the role of duration dependence", Journal of Interactive Marketing
43, 1-16.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln

Floats = NDArray[np.float64]


def log_survival(alpha: ArrayLike, beta: ArrayLike, shape: ArrayLike, periods: ArrayLike) -> Floats:
    """Log of S(t) = B(α, β + t^c)/B(α, β): still there after t ≥ 0 periods. Broadcasts."""
    t = np.asarray(periods, dtype=float)
    b = np.asarray(beta, dtype=float)
    aged = np.power(t, np.asarray(shape, dtype=float))
    return np.asarray(betaln(alpha, b + aged) - betaln(alpha, b), dtype=float)


def log_lost(alpha: ArrayLike, beta: ArrayLike, shape: ArrayLike, period: ArrayLike) -> Floats:
    """Log of P(T = t) = S(t − 1) − S(t): leaves at the end of period t ≥ 1."""
    t = np.asarray(period, dtype=float)
    before = log_survival(alpha, beta, shape, t - 1.0)
    stays = log_survival(alpha, beta, shape, t) - before
    # Never log 0: a period too short to lose anybody in is a finite, very small chance.
    leaves = np.maximum(-np.expm1(stays), np.finfo(float).tiny)
    return np.asarray(before + np.log(leaves))


def survival(alpha: ArrayLike, beta: ArrayLike, shape: ArrayLike, periods: ArrayLike) -> Floats:
    """S(t), the share of a cohort still there after t ≥ 0 periods; S(0) = 1."""
    return np.exp(log_survival(alpha, beta, shape, periods))


def retention(alpha: ArrayLike, beta: ArrayLike, shape: ArrayLike, period: ArrayLike) -> Floats:
    """r(t) = S(t)/S(t − 1), t ≥ 1. With c > 1 it may fall before it rises."""
    t = np.asarray(period, dtype=float)
    return still_paying(alpha, beta, shape, t - 1.0, 1.0)


def still_paying(
    alpha: ArrayLike, beta: ArrayLike, shape: ArrayLike, survived: ArrayLike, more: ArrayLike
) -> Floats:
    """P(there after n further periods | survived k) = S(k + n)/S(k)."""
    k = np.asarray(survived, dtype=float)
    later = log_survival(alpha, beta, shape, k + np.asarray(more, dtype=float))
    return np.exp(later - log_survival(alpha, beta, shape, k))


def discounted_residual(
    alpha: float, beta: float, shape: float, survived: float, rate: float
) -> float:
    """Discounted expected residual lifetime in periods: Σ_{n≥1} S(k+n)/S(k) / (1+d)^n.

    `rate` d > 0 a period. There is no closed form; the sum runs until what is left of the discount
    factors weighs less than 1e-12, at most a million periods (enough from d = 3e-5 on).
    """
    if rate <= 0:
        raise ValueError("discounted_residual needs a discount rate above zero")
    last = min(1_000_000.0, np.ceil(-np.log(1e-12 * rate) / np.log1p(rate)))
    steps = np.arange(1.0, last + 1.0)
    chance: Any = still_paying(alpha, beta, shape, survived, steps)
    return float(chance @ np.exp(-steps * np.log1p(rate)))
