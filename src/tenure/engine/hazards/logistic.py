"""Penalised logistic regression with weights and offsets, by Newton's method."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from tenure.engine.hazards.pieces import Pieces, whole
from tenure.engine.panel.rows import Floats

_STEPS = 100
_CLOSE, _SURE = 1e-7, 1e-9


@dataclass(frozen=True)
class Solution:
    """`beta` (p,) and Xᵀ W X, (p, p), at it or at a point on the way to it."""

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
    x: Floats | Pieces,
    came: Floats,
    weight: Floats,
    offset: Floats,
    penalty: Floats,
    start: Solution | None = None,
) -> Solution:
    """Minimise Σ w (ln(1 + e^η) − y η) + ½ Σ Λ_j β_j² with η = offset + X β.

    The information is only computed anew where steps with the one at hand stop paying off; a start
    from the solution of a similar problem then costs a few passes over X.

    Args:
        x: (m, p), whole or in pieces.
        came: (m,) in [0, 1].
        weight: (m,) ≥ 0.
        offset: (m,).
        penalty: Λ, (p,), above 0, which makes the problem strictly convex.
        start: Where to begin; at 0 when None.
    """
    task = _Task(x if isinstance(x, Pieces) else whole(x), came, weight, offset, penalty)
    if start is None:
        return task.solve(np.zeros(penalty.size), None)
    return task.solve(start.beta.copy(), start.information)


@dataclass(frozen=True)
class _Task:
    x: Pieces
    came: Floats
    weight: Floats
    offset: Floats
    penalty: Floats

    def solve(self, beta: Floats, known: Floats | None) -> Solution:
        """From a point on, with the information of a similar problem where there is one."""
        eta = self.offset + self.x.times(beta)
        cost = self.cost(beta, eta)
        fresh, promise = known is None, np.inf
        curve = _curve(self.information(eta) if known is None else known, self.penalty)
        for _ in range(_STEPS):
            step, gain = self.step(beta, eta, curve)
            if gain <= _CLOSE * (cost + 1.0) and (fresh or gain <= _SURE * (cost + 1.0)):
                break
            if not fresh and gain > 0.2 * promise:
                curve = _curve(self.information(eta), self.penalty)
                fresh, promise = True, np.inf
                continue
            fresh, promise = False, gain
            beta, eta, cost = self.descend(beta, step, cost)
        return Solution(beta, curve.information)

    def cost(self, beta: Floats, eta: Floats) -> float:
        fit = float(self.weight @ losses(eta, self.came))
        return fit + 0.5 * float(beta @ (self.penalty * beta))

    def information(self, eta: Floats) -> Floats:
        """In single precision: it only points the way, and the slope says when one has arrived."""
        return self.x.gram(_roots(self.weight, eta))

    def step(self, beta: Floats, eta: Floats, curve: "_Curve") -> tuple[Floats, float]:
        """Newton's step and the fall in cost that it promises."""
        off = self.weight * (sigmoid(eta) - self.came)
        slope = self.x.turned(off) + self.penalty * beta
        step = curve.newton(slope)
        return step, 0.5 * float(slope @ step)

    def descend(self, beta: Floats, step: Floats, cost: float) -> tuple[Floats, Floats, float]:
        """Go along the step as far as it lowers the cost, halving."""
        size = 1.0
        for _ in range(30):
            there = beta - size * step
            eta = self.offset + self.x.times(there)
            fresh = self.cost(there, eta)
            if fresh <= cost:
                return there, eta, fresh
            size *= 0.5
        return beta, self.offset + self.x.times(beta), cost


def information_of(x: Floats, weight: Floats, eta: Floats) -> Floats:
    """Xᵀ W X with W = w p (1 − p), (p, p)."""
    root = x * _roots(weight, eta)[:, None]
    return np.asarray(root.T @ root)


def _roots(weight: Floats, eta: Floats) -> Floats:
    """√(w p (1 − p)), (m,)."""
    chance = sigmoid(eta)
    return np.asarray(np.sqrt(weight * chance * (1.0 - chance)), dtype=np.float64)


@dataclass(frozen=True)
class _Curve:
    """Xᵀ W X, what it is with the penalty, (p, p), and that one's factor where it has one."""

    information: Floats
    whole: Floats
    factor: Any

    def newton(self, slope: Floats) -> Floats:
        """The step that would lead to a slope of 0."""
        if self.factor is None:
            return np.asarray(np.linalg.lstsq(self.whole, slope, rcond=None)[0], dtype=float)
        return np.asarray(cho_solve(self.factor, slope, check_finite=False), dtype=float)


def _curve(information: Floats, penalty: Floats) -> _Curve:
    whole = information.copy()
    # Scaled by the information alone: a vast penalty, which holds a column at 0, would damp every
    # step so much that dozens are needed.
    jitter = 1e-10 * max(float(np.trace(information)) / max(penalty.size, 1), 1e-12)
    whole.flat[:: penalty.size + 1] += penalty + jitter
    try:
        return _Curve(information, whole, cho_factor(whole, check_finite=False))
    except LinAlgError:
        return _Curve(information, whole, None)
