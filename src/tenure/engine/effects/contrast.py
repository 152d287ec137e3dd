"""The difference between two arms, adjusted for what was known before, with its variance.

In each arm a the values are regressed on x − x̄ (x̄: the mean over all accounts of both arms) with
weights w = 1/P(a); the effect is the difference of the intercepts. That is Lin's regression with
all interactions, and without covariates the difference of weighted means (Hájek). With ℓ the
weights by which an intercept is a sum of values, residuals e and leverages h,

    V = max(Σ ℓ²e²/(1 − h), s² Σ ℓ²) + d'Sd/n.

The first is HC2. The second takes both arms to vary alike, s² = Σ e²/(n − 2k): where few are held
out and none of them left, HC2 says that arm doesn't vary at all, so the larger one counts. The last
part (d: difference of the slopes, S: covariance of x) is what the accounts to come may differ in.

Sources: W. Lin (2013), "Agnostic notes on regression adjustments to experimental data", Annals of
Applied Statistics 7(1), 295-318; J. G. MacKinnon and H. White (1985), Journal of Econometrics
29(3), 305-325 (HC2); J. D. Angrist and J.-S. Pischke (2009), Mostly Harmless Econometrics, section
8.1 (the larger of robust and conventional errors).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.effects.entries import Bools, Floats

PER_COVARIATE = 10
"""Accounts that the smaller arm must have for each covariate."""


@dataclass(frozen=True)
class Contrast:
    """Effect (play − held out), its variance, Welch's degrees of freedom, and the adjusted means.

    Each of shape (…,), as the leading axes of what went in.
    """

    value: Floats
    variance: Floats
    freedom: Floats
    treated: Floats
    held_out: Floats


@dataclass(frozen=True)
class _Arm:
    """One arm's regression: intercept (…,), slopes (…, p), parts of the variance (…,), rows."""

    intercept: Floats
    slopes: Floats
    robust: Floats
    squares: Floats
    residual: Floats
    count: Floats


def contrast(
    value: Floats, held_out: Bools, weight: Floats, covariates: Floats, least: ArrayLike = 0.0
) -> Contrast:
    """The adjusted difference of the arms. Many samples at once along leading axes.

    Args:
        value: (…, n) values.
        held_out: (…, n) the arm.
        weight: (…, n) 1/P(the account's arm); 0 leaves it out.
        covariates: (…, n, p) known, of about unit size, in neither arm a sum of the others.
        least: (…,) what s² is at least.

    Returns:
        Where an arm has no more accounts than k = 1 + p, its numbers mean nothing.
    """
    counted = (weight > 0).astype(float)
    n = counted.sum(axis=-1)
    centre = (counted[..., None] * covariates).sum(axis=-2) / n[..., None]
    apart = (covariates - centre[..., None, :]) * counted[..., None]
    x = np.concatenate([counted[..., None], apart], axis=-1)
    treated = _regress(x, value, weight * ~held_out)
    held = _regress(x, value, weight * held_out)
    k = x.shape[-1]
    pooled = (treated.residual + held.residual) / np.maximum(n - 2 * k, 1)
    pooled = np.maximum(pooled, least)
    tilt = treated.slopes - held.slopes
    moved = (apart @ tilt[..., None])[..., 0]
    future = (moved**2).sum(axis=-1) / (n * np.maximum(n - 1, 1))
    robust = treated.robust + held.robust
    parts = [np.maximum(arm.robust, pooled * arm.squares) for arm in (treated, held)]
    below = parts[0] ** 2 / np.maximum(treated.count - k, 1)
    below = below + parts[1] ** 2 / np.maximum(held.count - k, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = np.where(below > 0, (parts[0] + parts[1]) ** 2 / below, np.inf)
    return Contrast(
        value=treated.intercept - held.intercept,
        variance=np.maximum(robust, pooled * (treated.squares + held.squares)) + future,
        freedom=np.maximum(freedom, 1.0),
        treated=treated.intercept,
        held_out=held.intercept,
    )


def _regress(x: Floats, value: Floats, w: Floats) -> _Arm:
    """Weighted least squares within one arm; w is 0 for everybody else."""
    weighted = np.swapaxes(x * w[..., None], -1, -2)
    inverse = np.linalg.pinv(weighted @ x, hermitian=True)
    spread = x @ inverse
    beta = (inverse @ (weighted @ value[..., None]))[..., 0]
    inside = (w > 0).astype(float)
    residual = (value - (x @ beta[..., None])[..., 0]) * inside
    leverage = w * (spread * x).sum(axis=-1)
    squares = (w * spread[..., 0]) ** 2
    return _Arm(
        intercept=beta[..., 0],
        slopes=beta[..., 1:],
        robust=(squares * residual**2 / np.maximum(1.0 - leverage, 1e-9)).sum(axis=-1),
        squares=squares.sum(axis=-1),
        residual=(residual**2).sum(axis=-1),
        count=inside.sum(axis=-1),
    )


def usable(covariates: Floats, held_out: Bools) -> Floats:
    """The covariates an adjustment can bear: (n, q ≤ p), filled and scaled.

    Unknown values become the mean of the known ones, and each column is brought to mean 0 and
    deviation 1. From the first on, those that in one arm don't vary beside the ones before are left
    out, and of the rest as many are kept as the smaller arm has tens of accounts. Which ones never
    depends on values of the endpoint.

    Args:
        covariates: (n, p), NaN = not known.
        held_out: (n,) the arm.
    """
    arms = (held_out, ~held_out)
    room = int(min(arm.sum() for arm in arms)) // PER_COVARIATE
    kept: list[Floats] = []
    for column in covariates.T:
        if len(kept) >= room:
            break
        known = ~np.isnan(column)
        filled = np.where(known, column, column[known].mean() if known.any() else 0.0)
        spread = float(filled.std())
        if not spread > 1e-12 * float(np.abs(filled).max(initial=0.0)):
            continue
        scaled = (filled - filled.mean()) / spread
        if all(_varies(scaled[arm], [k[arm] for k in kept]) for arm in arms):
            kept.append(scaled)
    return np.stack(kept, axis=1) if kept else np.empty((len(covariates), 0))


def _varies(column: Floats, others: list[Floats]) -> bool:
    """Whether a thousandth of a column's spread is its own beside a constant and the others."""
    base, _triangle = np.linalg.qr(np.stack([np.ones(len(column)), *others], axis=1))
    own = column - base @ (base.T @ column)
    return float(np.sqrt(own @ own / len(column))) > 1e-3
