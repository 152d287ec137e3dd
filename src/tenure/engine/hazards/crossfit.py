"""Cross-fitting: every candidate's forecast for accounts and months that it has not seen."""

from dataclasses import dataclass, replace

import numpy as np

from tenure.engine.hazards.base import Base, Counts, count, curve, fit_base, prior_posterior
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.folds import Folds
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.logistic import losses
from tenure.engine.hazards.periods import AtRisk
from tenure.engine.hazards.pieces import some
from tenure.engine.hazards.relevance import shown
from tenure.engine.hazards.ridge import LEANS, SIGNALS, TURNS, Strength, fit_ridge
from tenure.engine.panel.rows import Floats, Ints


def both_bases(ground: Ground) -> tuple[Base, Base]:
    """The base rate and the prior's curve of all rows."""
    counts = count(ground.panel, ground.risk, ground.horizons)
    prior = ground.settings.prior(ground.cause)
    rate = fit_base(counts, prior, ground.horizons)
    return rate, curve(prior_posterior(counts, prior), ground.horizons)


def fold_bases(ground: Ground, folds: Folds, rate: Base) -> tuple[Floats, Floats]:
    """Cross-fitted log-odds of the base rate and of the prior's curve, (m,) each.

    The base rate keeps the step sizes that were found with all rows, `rate`'s. The prior's curve
    knows no calendar, so it is only held from its accounts.
    """
    prior = ground.settings.prior(ground.cause)
    by_rate, by_prior = np.zeros(folds.fold.size), np.zeros(folds.fold.size)
    for part in range(folds.parts):
        counts = _counts_without(ground, folds, part)
        shape = curve(prior_posterior(counts, prior), ground.horizons)
        for block in range(folds.blocks):
            inside = folds.cell(part, block)[1]
            seen = _without(counts, folds.edges[block : block + 2]) if folds.blocks > 1 else counts
            found = fit_base(seen, prior, ground.horizons, rate.steps)
            by_rate[inside] = ground.offsets(found)[inside]
            by_prior[inside] = ground.offsets(shape)[inside]
    return by_rate, by_prior


def _counts_without(ground: Ground, folds: Folds, part: int) -> Counts:
    kept = np.flatnonzero(folds.rows != part)
    risk = AtRisk(ground.risk.end[kept], ground.risk.came[kept], ground.risk.weight[kept])
    return count(ground.panel.take(kept), risk, ground.horizons)


def _without(counts: Counts, edges: tuple[int, ...]) -> Counts:
    """The counts less those of the calendar months from one edge up to before the other."""
    origins, horizons = counts.risk.shape
    calendar = counts.first + np.arange(origins)[:, None] + np.arange(horizons)[None, :]
    kept = (calendar < edges[0]) | (calendar >= edges[1])
    return replace(counts, risk=counts.risk * kept, came=counts.came * kept)


@dataclass(frozen=True)
class FoldedRidge:
    """The best strength, its cross-fitted scores (m,) and the coefficients of each cell.

    `tried` (C, m): the scores at every strength that was tried.
    """

    strength: Strength
    scores: Floats
    betas: tuple[Floats, ...]
    tried: Floats


def fold_ridge(
    ground: Ground, design: Design, matrix: Floats, signs: Ints, offset: Floats, folds: Folds
) -> FoldedRidge:
    """Cross-fit the linear model and choose its strength.

    First the signal is chosen at a middling turn and a strong lean, then the turn at that signal,
    then the lean. `offset` (m,) are cross-fitted log-odds of the base that the scores are added to.
    """
    run = _Ridges(ground, design, matrix, signs, offset, folds)
    best = run.best([Strength(signal, TURNS[1], LEANS[0]) for signal in SIGNALS])
    if design.time.shape[0]:
        at = best.strength
        turns = [replace(at, turn=turn) for turn in TURNS if turn != at.turn]
        best = run.better(best, run.best(turns))
    at = best.strength
    return run.better(best, run.best([replace(at, lean=lean) for lean in LEANS[1:]]))


@dataclass(frozen=True)
class _Ridges:
    """Cross-fitting of the linear model at several strengths."""

    ground: Ground
    design: Design
    matrix: Floats
    signs: Ints
    offset: Floats
    folds: Folds

    def loss(self, scores: Floats) -> float:
        periods = self.ground.periods
        return float(periods.weight @ losses(self.offset + scores, periods.came))

    def better(self, one: FoldedRidge, other: FoldedRidge) -> FoldedRidge:
        found = other if self.loss(other.scores) < self.loss(one.scores) else one
        return replace(found, tried=np.concatenate([one.tried, other.tried]))

    def best(self, strengths: list[Strength]) -> FoldedRidge:
        scores = np.zeros((len(strengths), len(self.ground.periods)))
        betas: list[list[Floats]] = [[] for _ in strengths]
        for outside, inside in self.folds.cells():
            learn = self.ground.periods.take(outside)
            here, there = some(self.matrix, outside), some(self.matrix, inside)
            offset, start = self.offset[outside], None
            seen = shown(self.design, here, learn, offset, self.ground.overlap)
            for i, strength in enumerate(strengths):
                penalty = strength.penalty(self.design, seen)
                start = fit_ridge(here, learn, offset, penalty, self.signs, start)
                betas[i].append(start.beta)
                scores[i, inside] = there.times(start.beta)
        best = int(np.argmin([self.loss(s) for s in scores]))
        return FoldedRidge(strengths[best], scores[best], tuple(betas[best]), scores)
