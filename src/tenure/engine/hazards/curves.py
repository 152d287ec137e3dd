"""Blending by whole curves: the log loss of the h-month probabilities that will be shown."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.engine.hazards.base import Base, months_of
from tenure.engine.hazards.boosted import boosted_matrix, raw_scores
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.folds import Folds
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.periods import AtRisk, Periods, stretches
from tenure.engine.hazards.ridge import Ridge
from tenure.engine.hazards.spans import firsts
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

_LEAST = 0.05
_ROWS = 4000


@dataclass(frozen=True)
class Pair:
    """The linear coefficients and the trees that were learnt without each fold, `parts` of each."""

    design: Design
    betas: tuple[Floats, ...]
    forests: tuple[Any, ...]
    rounds: int


def whole(ground: Ground, folds: Folds) -> bool:
    """Whether each row has one held-out curve that is long enough to be judged as a whole."""
    cells = sum(1 for _ in folds.cells())
    return folds.blocks == 1 and cells == folds.parts and firsts(ground.horizons).size >= 4


def curve_losses(ground: Ground, folds: Folds, base: Base, pair: Pair, shares: Floats) -> Floats:
    """Cross-fitted loss of the blend at each share of boosting.

    −[y(t) ln F(t) + (1 − y(t)) ln S(t)], averaged over the ends t of spans, weighted by the
    inverse chance of not being censored (T. A. Gerds and M. Schumacher 2006, Consistent estimation
    of the expected Brier score in general survival models, Biometrical Journal 48(6), 1029-1040).
    Losses of single months only see months at risk; this one also sees what a curve says of the
    time after a likely arrival.
    """
    free = uncensored(ground.risk, ground.horizons)
    ends = np.append(firsts(ground.horizons)[1:] - 1, ground.horizons)
    ends = ends[free[ends] >= _LEAST]
    total = np.zeros(shares.size)
    for part in range(folds.parts):
        rows = np.flatnonzero((folds.rows == part) & (ground.risk.end > 0))[:_ROWS]
        panel = ground.panel.take(rows)
        months = np.arange(1, ground.horizons + 1)
        start = base.log_odds(months_of(panel)[:, None], months[None, :])
        linear = Ridge(pair.design, pair.betas[part]).scores(panel, ground.horizons)
        trees = _trees(panel, pair, part, ground.horizons)
        for i, share in enumerate(shares):
            eta = start + (1.0 - share) * linear + share * trees
            rate = np.cumsum(np.logaddexp(0.0, eta), axis=1)[:, ends - 1]
            total[i] += _loss(rate, ground.risk, rows, ends, free)
    return total


def uncensored(risk: AtRisk, horizons: int) -> Floats:
    """P(followed for t months or more), t = 0…H, by the product-limit estimate, (H + 1,)."""
    months = np.arange(horizons + 1)
    gone = np.bincount(risk.end[~risk.came], minlength=horizons + 1).astype(float)
    came = np.bincount(risk.end[risk.came], minlength=horizons + 1).astype(float)
    there = (gone + came)[::-1].cumsum()[::-1] - came
    stays = 1.0 - gone / np.maximum(there, 1.0)
    return np.concatenate([[1.0], np.cumprod(stays)[:-1]])[months]


def _trees(panel: Panel, pair: Pair, part: int, horizons: int) -> Floats:
    at = stretches(panel, horizons)
    nothing = np.zeros(at.row.size)
    asked = Periods(at.row, at.month, at.span, nothing, nothing)
    matrix = boosted_matrix(panel, asked, horizons)
    return raw_scores(pair.forests[part], matrix, pair.rounds)[at.run]


def _loss(rate: Floats, risk: AtRisk, rows: Ints, ends: Ints, free: Floats) -> float:
    """Weighted loss of cumulative hazards (n, ends)."""
    end, came = risk.end[rows][:, None], risk.came[rows][:, None]
    case = came & (end <= ends[None, :])
    alive = (end > ends[None, :]) | (~came & (end == ends[None, :]))
    left = -np.log(-np.expm1(-np.maximum(rate, 1e-12)))
    weight = risk.weight[rows][:, None]
    cases = weight * case / np.maximum(free[end], _LEAST)
    others = weight * alive / np.maximum(free[ends], _LEAST)[None, :]
    return float((cases * left + others * rate).sum())
