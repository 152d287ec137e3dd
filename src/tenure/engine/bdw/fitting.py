"""Maximum likelihood for the beta-discrete-Weibull model, and the choice against its special case.

Source: as in `tenure.engine.bdw.model`. Likelihood ratio: S. S. Wilks (1938), "The large-sample
distribution of the likelihood ratio for testing composite hypotheses", Annals of Mathematical
Statistics 9(1), 60-62. AIC: H. Akaike (1974), "A new look at the statistical model
identification", IEEE Transactions on Automatic Control 19(6), 716-723.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from tenure.engine import sbg
from tenure.engine.bdw.model import (
    Floats,
    log_lost,
    log_survival,
    retention,
    still_paying,
    survival,
)

_SIZE_BOUND = 12.0  # of ln α and ln β
_SHAPE_BOUND = 2.5  # of ln c: from 0.08 to 12
_SHAPES = (0.0, -0.5, 0.5)


@dataclass(frozen=True)
class Fitted:
    """α, β, c and ln L at the maximum. `inside`: it is finite, not on the search's edge."""

    alpha: float
    beta: float
    shape: float
    log_likelihood: float
    inside: bool

    def survival(self, periods: ArrayLike) -> Floats:
        """S(t), the share of a cohort still there after t ≥ 0 periods."""
        return survival(self.alpha, self.beta, self.shape, periods)

    def retention(self, period: ArrayLike) -> Floats:
        """r(t) = S(t)/S(t − 1), t ≥ 1."""
        return retention(self.alpha, self.beta, self.shape, period)

    def still_paying(self, survived: ArrayLike, more: ArrayLike) -> Floats:
        """P(there after n further periods | survived k)."""
        return still_paying(self.alpha, self.beta, self.shape, survived, more)


@dataclass(frozen=True)
class Choice:
    """Both fits and which of them to use.

    Attributes:
        plain: The shifted-beta-geometric fit, written as c = 1.
        aged: The beta-discrete-Weibull fit.
        ratio: Likelihood ratio 2 (ln L_aged − ln L_plain) ≥ 0; χ² with one degree of freedom if c
            is 1.
        p_value: Chance of such a ratio or a greater one if c is 1.
        chosen: `aged` when its AIC is lower (a ratio above 2) and its maximum is finite; else
            `plain`.
    """

    plain: Fitted
    aged: Fitted
    ratio: float
    p_value: float
    chosen: Fitted


def log_likelihood(alpha: float, beta: float, shape: float, exposure: sbg.Exposure) -> float:
    """Log L = Σ_t lost_t ln(S(t − 1) − S(t)) + Σ_t kept_t ln S(t)."""
    t = np.arange(1, exposure.lost.size)
    leaves = log_lost(alpha, beta, shape, t) @ exposure.lost[1:]
    stays = log_survival(alpha, beta, shape, t) @ exposure.kept[1:]
    return float(leaves + stays)


def fit(exposure: sbg.Exposure) -> Fitted:
    """α, β and c of greatest likelihood, never below that of the shifted-beta-geometric fit.

    Three parameters need losses in at least three periods. With fewer, or where the likelihood has
    no finite maximum, the answer is where the search ended, with `inside` false.
    """
    plain = sbg.fit(exposure)
    start = np.log([plain.alpha, plain.beta])
    runs = [_search(exposure, np.array([*start, shape])) for shape in _SHAPES]
    cost, point, ended = min(runs, key=lambda run: run[0])
    if plain.log_likelihood >= -cost:
        point, cost = np.array([*start, 0.0]), -plain.log_likelihood
    alpha, beta, shape = (float(x) for x in np.exp(point))
    told = int((exposure.lost > 0).sum()) >= 3
    return Fitted(alpha, beta, shape, -cost, inside=told and ended and not _on_edge(point))


def choose(exposure: sbg.Exposure) -> Choice:
    """Fit with and without ageing (c free, and c = 1) and choose by AIC."""
    simple = sbg.fit(exposure)
    plain = Fitted(simple.alpha, simple.beta, 1.0, simple.log_likelihood, simple.inside)
    aged = fit(exposure)
    ratio = max(0.0, 2.0 * (aged.log_likelihood - plain.log_likelihood))
    chosen = aged if aged.inside and ratio > 2.0 else plain
    return Choice(plain, aged, ratio, float(chdtrc(1.0, ratio)), chosen)


def _search(exposure: sbg.Exposure, start: Floats) -> tuple[float, Floats, bool]:
    from scipy.optimize import minimize  # loads much that few processes need

    bound = np.array([_SIZE_BOUND, _SIZE_BOUND, _SHAPE_BOUND])

    def cost(point: Floats) -> float:
        inside = np.clip(point, -bound, bound)
        a, b, c = np.exp(inside)
        away = float(np.square(point - inside).sum())
        return -log_likelihood(a, b, c, exposure) + away

    best = minimize(
        cost,
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000, "maxfev": 8000},
    )
    return float(best.fun), np.clip(best.x, -bound, bound), bool(best.success)


def _on_edge(point: Floats) -> bool:
    sizes = np.abs(point[:2]) > _SIZE_BOUND - 2.0
    return bool(sizes.any() or abs(point[2]) > _SHAPE_BOUND - 0.1)
