"""Maximum likelihood for the shifted-beta-geometric model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.sbg.exposure import Exposure
from tenure.engine.sbg.model import Floats

_LOG_BOUND = 12.0


@dataclass(frozen=True)
class Fitted:
    """α, β and ln L at the maximum. `inside`: the maximum is finite, not on the search's edge."""

    alpha: float
    beta: float
    log_likelihood: float
    inside: bool


def log_likelihood(alpha: ArrayLike, beta: ArrayLike, exposure: Exposure) -> Floats:
    """Log L = Σ_t lost_t ln P(T = t) + Σ_t kept_t ln S(t). α, β broadcast; shape as theirs."""
    a = np.asarray(alpha, dtype=float)[..., None]
    b = np.asarray(beta, dtype=float)[..., None]
    t = np.arange(1, exposure.lost.size)
    # ln S(t) = Σ ln r(t), far cheaper over a grid of α and β than as many beta functions.
    size = np.log(a + b + t - 1.0)
    stays = np.cumsum(np.log(b + t - 1.0) - size, axis=-1)
    before = np.concatenate([np.zeros_like(a + b), stays[..., :-1]], axis=-1)[..., : t.size]
    leaves = before + np.log(a) - size
    return np.asarray(leaves @ exposure.lost[1:] + stays @ exposure.kept[1:])


def fit(exposure: Exposure) -> Fitted:
    """α and β of greatest likelihood.

    Where the counts cannot tell them (nobody left, everybody left at once, one customer, none) the
    likelihood has no finite maximum: the answer then sits on the edge of the search (e^±12), with
    `inside` false. Use `posterior` for an answer with its uncertainty.
    """

    def cost(point: Floats) -> float:
        inside = np.clip(point, -_LOG_BOUND, _LOG_BOUND)
        a, b = np.exp(inside)
        away = float(np.square(point - inside).sum())
        return -float(log_likelihood(a, b, exposure)) + away

    from scipy.optimize import minimize  # loads much that few processes need

    best = minimize(
        cost,
        np.zeros(2),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 8000},
    )
    point = np.clip(best.x, -_LOG_BOUND, _LOG_BOUND)
    alpha, beta = (float(x) for x in np.exp(point))
    edge = bool((np.abs(point) > _LOG_BOUND - 2.0).any())
    return Fitted(alpha, beta, -float(best.fun), inside=bool(best.success) and not edge)
