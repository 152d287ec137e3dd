"""Intervals and p-values that hold at every look, however often one looks.

The asymptotic confidence sequence by Robbins' normal mixture: after n accounts the effect is within

    value ± b(n) √V,   b(n)² = (1 + r/n) · ln((n + r)/(r α²)),

at all n together with a probability of about 1 − α; V is the estimate's variance, and r = 1/(ρ²σ²)
in terms of the source. r is chosen so that b(n)√V is least at the planned number n*: with
L = ln(1/α²), n*/r = x solves x = ln(1 + x) + L. The p-value is the smallest α whose interval leaves
out 0; 1/p is the mixture's likelihood ratio √(r/(n + r)) · exp(½ z² n/(n + r)).

With few accounts neither value nor V is normal or known well. So b is read as a normal quantile and
replaced by the quantile of Student's t of the same tail.

Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas (2024), "Time-uniform
central limit theory and asymptotic confidence sequences", Annals of Statistics 52(6), 2613-2640,
theorem 2.2 and appendix B.2; H. Robbins (1970), Annals of Mathematical Statistics 41(5), 1397-1409.
"""

from math import isfinite, log, log1p

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv, ndtr, ndtri

from tenure.engine.effects.entries import Floats

_TINY = 1e-300


def mixing(planned: float, level: float = 0.05) -> float:
    """r, in accounts, that makes the interval narrowest after `planned` accounts.

    Raises:
        ValueError: If `planned` isn't above 0, or `level` not between 0 and 1.
    """
    if not (isfinite(planned) and planned > 0 and 0 < level < 1):
        raise ValueError("planned accounts must be above 0 and the level between 0 and 1")
    bar = -2.0 * log(level)
    x = bar + 1.0
    for _step in range(200):  # a contraction: the slope is 1/(1 + x) < 1
        x = log1p(x) + bar
    return planned / x


def boundary(n: ArrayLike, r: float, level: float = 0.05) -> Floats:
    """b(n) in standard errors, of the shape of n > 0."""
    count = np.asarray(n, dtype=float)
    return np.asarray(np.sqrt((1 + r / count) * (np.log1p(count / r) - 2 * np.log(level))))


def heavier(z: ArrayLike, freedom: ArrayLike) -> Floats:
    """The quantile of Student's t with the tail that z ≥ 0 has in the normal. Broadcasts."""
    tail = np.maximum(2.0 * ndtr(-np.asarray(z, dtype=float)), _TINY)
    df = np.asarray(freedom, dtype=float)
    finite = np.where(np.isfinite(df), df, 1.0)
    x = betaincinv(finite / 2, 0.5, tail)
    with np.errstate(divide="ignore", over="ignore"):
        t = np.sqrt(finite * (1.0 - x) / x)
    return np.asarray(np.where(np.isfinite(df), t, z))


def lighter(t: ArrayLike, freedom: ArrayLike) -> Floats:
    """The normal quantile with the tail that t ≥ 0 has in Student's t: `heavier` undone."""
    size = np.asarray(t, dtype=float)
    df = np.asarray(freedom, dtype=float)
    finite = np.where(np.isfinite(df), df, 1.0)
    tail = betainc(finite / 2, 0.5, finite / (finite + size**2))
    return np.asarray(np.where(np.isfinite(df), -ndtri(np.maximum(tail, _TINY) / 2), size))


def reach(
    variance: ArrayLike, freedom: ArrayLike, n: ArrayLike, r: float, level: float = 0.05
) -> Floats:
    """Half the width of the interval after n accounts, in the unit of the values. Broadcasts."""
    error = np.sqrt(np.asarray(variance, dtype=float))
    return np.asarray(heavier(boundary(n, r, level), freedom) * error)


def p_value(
    value: ArrayLike, variance: ArrayLike, freedom: ArrayLike, n: ArrayLike, r: float
) -> Floats:
    """The always-valid p-value of no effect, 0-1: at most α just where `reach` leaves out 0.

    The smallest one of all looks so far is as valid. Variances must be above 0. Broadcasts.
    """
    count = np.asarray(n, dtype=float)
    z = lighter(np.abs(value) / np.sqrt(np.asarray(variance, dtype=float)), freedom)
    log_ratio = 0.5 * z**2 * count / (count + r) - 0.5 * np.log1p(count / r)
    return np.asarray(np.exp(np.minimum(-log_ratio, 0.0)))
