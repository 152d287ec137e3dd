"""Moves between ordered states, driven by encounters: an ordered logit for each state.

From state i, P(next ≤ j | u) = σ(τ_ij − b_i·u) with thresholds τ_i1 < … < τ_i,K−1: an input with
b above 0 lifts accounts that are in state i. The log-likelihood is concave in τ and b.

Sources: O. Netzer, J. M. Lattin and V. Srinivasan (2008), "A hidden Markov model of customer
relationship dynamics", Marketing Science 27(2), 185-204 (eq. 3-5); J. W. Pratt (1981), "Concavity
of the log likelihood", Journal of the American Statistical Association 76, 103-106.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from tenure.engine.hmm.sequences import Floats

_LEAST_GAP = 1e-5
_FARTHEST = 20.0  # of thresholds and effects
_STEEPEST = 300.0  # of η, so that no chance underflows


@dataclass(frozen=True)
class Moves:
    """Thresholds `cut`, (K, K − 1), and effects, (K, P), of K ordered states and P inputs."""

    cut: Floats
    effect: Floats

    def log_matrix(self, inputs: Floats) -> Floats:
        """Log P(from i to j) under each of U input vectors, (U, K, K)."""
        return _log_chances(self.cut[None], _lifted(inputs, self.effect.T)[:, :, None])

    def matrix(self, inputs: Floats) -> Floats:
        """P(from i to j) under each of U input vectors, (U, K, K)."""
        return np.exp(self.log_matrix(inputs))


def sticky(states: int, inputs: int, stay: float = 0.9) -> Moves:
    """Moves that mostly stay, whatever the inputs; a starting point."""
    chance = habit(states, stay)
    below = np.cumsum(chance, axis=1)[:, :-1]
    cut = np.log(below) - np.log1p(-below)
    return Moves(cut, np.zeros((states, inputs)))


def habit(states: int, stay: float = 0.9) -> Floats:
    """A matrix that stays with a given chance and falls off by halves with distance, (K, K)."""
    if states == 1:
        return np.ones((1, 1))
    apart = np.abs(np.subtract.outer(np.arange(states), np.arange(states))).astype(float)
    away = np.where(apart > 0, 0.5**apart, 0.0)
    return np.asarray(stay * np.eye(states) + (1 - stay) * away / away.sum(axis=1, keepdims=True))


def log_posterior(moves: Moves, inputs: Floats, counts: Floats, ridge: float) -> float:
    """Σ counts · ln P − ridge/2 · Σ b², with expected `counts` (U, K, K)."""
    found = float((counts * moves.log_matrix(inputs)).sum())
    return found - 0.5 * ridge * float(np.square(moves.effect).sum())


def improved(moves: Moves, inputs: Floats, counts: Floats, ridge: float) -> Moves:
    """One Newton step for each state, halved until `log_posterior` does not fall."""
    cut, effect = moves.cut.copy(), moves.effect.copy()
    for state in range(cut.shape[0]):
        point = np.concatenate([cut[state], effect[state]])
        point = _newton(point, cut.shape[1], inputs, counts[:, state], ridge)
        cut[state], effect[state] = point[: cut.shape[1]], point[cut.shape[1] :]
    return Moves(cut, effect)


def _newton(point: Floats, cuts: int, inputs: Floats, counts: Floats, ridge: float) -> Floats:
    def worth(at: Floats) -> float:
        chance = _log_chances(at[:cuts], _lifted(inputs, at[cuts:])[:, None])
        return float((counts * chance).sum()) - 0.5 * ridge * float(np.square(at[cuts:]).sum())

    now, slope, bend = _derivatives(point, cuts, inputs, counts)
    now -= 0.5 * ridge * float(np.square(point[cuts:]).sum())
    slope[cuts:] -= ridge * point[cuts:]
    bend[np.arange(cuts, point.size), np.arange(cuts, point.size)] -= ridge
    way = np.linalg.solve(1e-9 * np.eye(point.size) - bend, slope)
    size = 1.0
    for _ in range(30):
        there = point + size * way
        apart = (np.diff(there[:cuts]) > _LEAST_GAP).all()
        if apart and (np.abs(there) < _FARTHEST).all() and worth(there) >= now:
            return there
        size *= 0.5
    return point


def _lifted(inputs: Floats, effect: Floats) -> Floats:
    return np.clip(inputs @ effect, -_STEEPEST, _STEEPEST)


def _log_chances(cut: Floats, lifted: Floats) -> Floats:
    """Log (σ(τ_j − η) − σ(τ_{j−1} − η)) along a last axis of K, without cancellation.

    ln σ(a) + ln σ(−b) + ln(1 − e^(b−a)) for b < a, where b − a does not depend on η.
    """
    below = log_expit(cut - lifted)
    above = below - (cut - lifted)
    chance = np.zeros((*below.shape[:-1], cut.shape[-1] + 1))
    chance[..., :-1] += below
    chance[..., 1:] += above
    chance[..., 1:-1] += np.log(-np.expm1(cut[..., :-1] - cut[..., 1:]))
    return chance


def _derivatives(
    point: Floats, cuts: int, inputs: Floats, counts: Floats
) -> tuple[float, Any, Any]:
    """Value, gradient and Hessian of Σ_u Σ_j counts_uj ln P_j(u) in (τ, b), one state.

    With F_j = σ(τ_j − η), f = F(1 − F): ∂ln P_j/∂η = F_j + F_{j−1} − 1, ∂/∂τ_j = f_j/P_j,
    ∂/∂τ_{j−1} = −f_{j−1}/P_j.
    """
    cut, lifted = point[:cuts], _lifted(inputs, point[cuts:])[:, None]
    inside = expit(cut - lifted)
    never, always = np.zeros_like(lifted), np.ones_like(lifted)
    top, bottom = np.hstack([inside, always]), np.hstack([never, inside])
    dense = np.hstack([never, inside * expit(lifted - cut), never])
    dense_top, dense_bottom = dense[:, 1:], dense[:, :-1]
    log_chance = _log_chances(cut, lifted)
    chance = np.exp(log_chance)
    up, down = dense_top / chance, dense_bottom / chance
    slope, bend = np.zeros(point.size), np.zeros((point.size, point.size))

    first, last = np.arange(cuts), np.arange(cuts) + 1  # categories below and above threshold j
    slope[:cuts] = (counts[:, first] * up[:, first] - counts[:, last] * down[:, last]).sum(axis=0)
    slope[cuts:] = inputs.T @ (counts * (top + bottom - 1.0)).sum(axis=1)

    own_top = counts * (up * (1.0 - 2.0 * top) - up**2)
    own_bottom = counts * (-down * (1.0 - 2.0 * bottom) - down**2)
    bend[first, first] = (own_top[:, first] + own_bottom[:, last]).sum(axis=0)
    beside = (counts * up * down).sum(axis=0)[1:cuts]
    bend[first[1:], first[:-1]] = bend[first[:-1], first[1:]] = beside
    across = counts[:, first] * dense_top[:, first] + counts[:, last] * dense_bottom[:, last]
    bend[:cuts, cuts:] = across.T @ inputs
    bend[cuts:, :cuts] = bend[:cuts, cuts:].T
    both = (counts * (dense_top + dense_bottom)).sum(axis=1)
    bend[cuts:, cuts:] = -(inputs * both[:, None]).T @ inputs
    return float((counts * log_chance).sum()), slope, bend
