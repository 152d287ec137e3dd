"""The formulas of the shifted-beta-geometric distribution.

Each customer leaves at a renewal with their own constant probability θ; over customers θ follows a
Beta(α, β) distribution. α and β are above zero; a period is the time between two renewals.

Source: P. S. Fader and B. G. S. Hardie (2007), "How to project customer retention", Journal of
Interactive Marketing 21(1), 76-90; the residual lifetime is in their "Customer-base valuation in a
contractual setting: the perils of ignoring heterogeneity" (2010), Marketing Science 29(1), 85-93.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, hyp2f1

Floats = NDArray[np.float64]


def log_survival(alpha: ArrayLike, beta: ArrayLike, periods: ArrayLike) -> Floats:
    """Log of S(t) = B(α, β + t)/B(α, β): still there after t ≥ 0 periods. Broadcasts."""
    t = np.asarray(periods, dtype=float)
    b = np.asarray(beta, dtype=float)
    return np.asarray(betaln(alpha, b + t) - betaln(alpha, b), dtype=float)


def log_lost(alpha: ArrayLike, beta: ArrayLike, period: ArrayLike) -> Floats:
    """Log of P(T = t) = B(α + 1, β + t − 1)/B(α, β): leaves at the end of period t ≥ 1."""
    t = np.asarray(period, dtype=float)
    a = np.asarray(alpha, dtype=float)
    b = np.asarray(beta, dtype=float)
    return np.asarray(betaln(a + 1.0, b + t - 1.0) - betaln(a, b), dtype=float)


def survival(alpha: ArrayLike, beta: ArrayLike, periods: ArrayLike) -> Floats:
    """S(t), the share of a cohort still there after t ≥ 0 periods; S(0) = 1."""
    return np.exp(log_survival(alpha, beta, periods))


def retention(alpha: ArrayLike, beta: ArrayLike, period: ArrayLike) -> Floats:
    """r(t) = S(t)/S(t−1) = (β + t − 1)/(α + β + t − 1), t ≥ 1. It rises with t."""
    t = np.asarray(period, dtype=float)
    b = np.asarray(beta, dtype=float)
    return np.asarray((b + t - 1.0) / (np.asarray(alpha, dtype=float) + b + t - 1.0))


def still_paying(alpha: ArrayLike, beta: ArrayLike, survived: ArrayLike, more: ArrayLike) -> Floats:
    """P(there after `more` further periods | survived k) = B(α, β + k + n)/B(α, β + k)."""
    k = np.asarray(survived, dtype=float)
    return survival(alpha, np.asarray(beta, dtype=float) + k, more)


def residual_periods(alpha: float, beta: float, survived: float) -> float:
    """Expected number of further periods paid for, after k survived: Σ_{n≥1} S(k+n)/S(k).

    Equal to (β + k)/(α − 1) for α > 1; without bound (inf) for α ≤ 1, where the few who never
    leave dominate the mean. Use `discounted_residual` then.
    """
    return (beta + survived) / (alpha - 1.0) if alpha > 1.0 else float("inf")


def discounted_residual(alpha: float, beta: float, survived: float, rate: float) -> float:
    """Discounted expected residual lifetime in periods: Σ_{n≥1} S(k+n)/S(k) / (1+d)^n.

    With m = β + k: m/((α + m)(1+d)) · ₂F₁(1, m + 1; α + m + 1; 1/(1+d)), `rate` d > 0 a period
    (Fader and Hardie 2010, eq. 6, without the payment that is just due).
    """
    if rate <= 0:
        raise ValueError("discounted_residual needs a discount rate above zero")
    m = beta + survived
    step = 1.0 / (1.0 + rate)
    series: Any = hyp2f1(1.0, m + 1.0, alpha + m + 1.0, step)
    return float(m / (alpha + m) * step * series)
