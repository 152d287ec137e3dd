"""Penalised logistic regression with weights and offsets, by Newton's method."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from tenure.engine.panel.rows import Floats

_STEPS = 60
_CLOSE = 1e-9


@dataclass(frozen=True)
class Solution:
    """`beta` (p,) and the information without the penalty, Xᵀ W X, (p, p), at it."""

    beta: Floats
    information: Floats


def softplus(x: Floats) -> Floats:
    """ln(1 + eˣ)."""
    return np.logaddexp(0.0, x)


def sigmoid(x: Floats) -> Floats:
    """1/(1 + e⁻ˣ), never exactly 0 or 1 for |x| ≤ 36."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(x))), dtype=float)


def losses(eta: Floats, came: Floats) -> Floats:
    """Log loss of each outcome: ln(1 + e^η) − y·η."""
    return softplus(eta) - came * eta


def solve(
    x: Floats,
    came: Floats,
    weight: Floats,
    offset: Floats,
    penalty: Floats,
    start: Floats | None = None,
) -> Solution:
    """Minimise Σ w (ln(1 + e^η) − y η) + ½ βᵀ Λ β with η = offset + X β.

    Args:
        x: (m, p).
        came: (m,) in [0, 1].
        weight: (m,) ≥ 0.
        offset: (m,).
        penalty: Λ, (p,) for a diagonal or (p, p); makes the problem strictly convex.
        start: (p,) where to begin; 0 when None.
    """
    square = np.diag(penalty) if penalty.ndim == 1 else penalty
    beta = np.zeros(x.shape[1]) if start is None else start.copy()
    eta = offset + x @ beta
    cost = float(weight @ losses(eta, came)) + 0.5 * float(beta @ square @ beta)
    information = np.zeros_like(square)
    for _ in range(_STEPS):
        chance = sigmoid(eta)
        curve = weight * chance * (1.0 - chance)
        information = x.T @ (x * curve[:, None])
        slope = x.T @ (weight * (chance - came)) + square @ beta
        step = _newton(information + square, slope)
        beta, eta, fresh = _descend(x, came, weight, offset, square, beta, step, cost)
        done = cost - fresh <= _CLOSE * (abs(fresh) + 1.0)
        cost = fresh
        if done:
            break
    return Solution(beta, information)


def _newton(curvature: Floats, slope: Floats) -> Floats:
    size = curvature.shape[0]
    jitter = 1e-10 * max(float(np.trace(curvature)) / max(size, 1), 1e-12)
    try:
        factor = cho_factor(curvature + jitter * np.eye(size))
        return np.asarray(cho_solve(factor, slope), dtype=float)
    except LinAlgError:
        return np.asarray(np.linalg.lstsq(curvature, slope, rcond=None)[0], dtype=float)


def _descend(
    x: Floats,
    came: Floats,
    weight: Floats,
    offset: Floats,
    square: Floats,
    beta: Floats,
    step: Floats,
    cost: float,
) -> tuple[Floats, Floats, float]:
    """Go along the step as far as it lowers the cost, halving."""
    size = 1.0
    for _ in range(30):
        there = beta - size * step
        eta = offset + x @ there
        fresh = float(weight @ losses(eta, came)) + 0.5 * float(there @ square @ there)
        if fresh <= cost:
            return there, eta, fresh
        size *= 0.5
    return beta, offset + x @ beta, cost
