"""Cross-fitting: every candidate's forecast for accounts that it has not seen."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import Base, count, curve, fit_base, months_of, prior_posterior
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.folds import by_account
from tenure.engine.hazards.logistic import losses
from tenure.engine.hazards.periods import AtRisk, Periods
from tenure.engine.hazards.ridge import SIGNALS, TURNS, Strength, fit_ridge
from tenure.engine.hazards.settings import Settings
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

MANY = 60_000
"""Stretches from which three folds are enough."""


@dataclass(frozen=True)
class Ground:
    """What every candidate of one cause is fitted to."""

    panel: Panel
    cause: str
    horizons: int
    risk: AtRisk
    periods: Periods
    settings: Settings

    @property
    def monotone(self) -> dict[int, int]:
        """Required directions by index of the feature; they are meant for the first cause."""
        if self.cause != self.panel.causes[0]:
            return {}
        names = self.panel.names
        return {names.index(k): v for k, v in self.settings.monotone.items() if k in names}

    @property
    def events(self) -> int:
        """Arrivals seen from all rows."""
        return int(self.risk.came.sum())

    @property
    def accounts(self) -> int:
        """Accounts at risk."""
        return int(np.unique(self.panel.account[self.risk.end > 0]).size)

    @property
    def overlap(self) -> float:
        """Rows at risk that an account has on average, at least 1."""
        return max(float((self.risk.end > 0).sum()) / max(self.accounts, 1), 1.0)

    @property
    def account(self) -> Ints:
        """Account of each stretch, (m,)."""
        return self.panel.account[self.periods.row]

    def offsets(self, base: Base) -> Floats:
        """Log-odds of a base rate for each stretch, (m,)."""
        origin = months_of(self.panel)[self.periods.row]
        return base.log_odds(origin, self.periods.month)

    def base_without(self, out: Ints, fold: int) -> tuple[Base, Base]:
        """Base rate and prior's curve from the rows outside a fold; `out` (n,) folds of rows."""
        kept = np.flatnonzero(out != fold)
        part = AtRisk(self.risk.end[kept], self.risk.came[kept], self.risk.weight[kept])
        return both_bases(self.panel.take(kept), part, self)


def both_bases(panel: Panel, risk: AtRisk, ground: Ground) -> tuple[Base, Base]:
    """The base rate and the prior's curve of some rows."""
    counts = count(panel, risk, ground.horizons)
    prior = ground.settings.prior(ground.cause)
    rate = fit_base(counts, prior, ground.horizons)
    return rate, curve(prior_posterior(counts, prior), ground.horizons)


@dataclass(frozen=True)
class Folded:
    """Cross-fitted log-odds of the base rate and the prior's curve, (m,), and folds.

    `fold` (m,) of the stretches, `parts` their number.
    """

    rate: Floats
    prior: Floats
    fold: Ints
    parts: int


def fold_bases(ground: Ground) -> Folded:
    """Divide the accounts and fit both bases without each part."""
    panel, settings = ground.panel, ground.settings
    accounts = np.unique(panel.account).size
    most = settings.folds if len(ground.periods) < MANY else min(settings.folds, 3)
    parts = max(2, min(most, accounts))
    rows = by_account(panel.account, ground.risk.came, parts, settings.seed)
    fold = rows[ground.periods.row]
    rate, prior = np.zeros(fold.size), np.zeros(fold.size)
    for part in range(parts):
        inside = fold == part
        fitted = ground.base_without(rows, part)
        rate[inside], prior[inside] = (ground.offsets(base)[inside] for base in fitted)
    return Folded(rate, prior, fold, parts)


def fold_ridge(
    ground: Ground, design: Design, matrix: Floats, signs: Ints, offset: Floats, folded: Folded
) -> tuple[Strength, Floats]:
    """The best strength and its cross-fitted scores, (m,).

    First the signal is chosen at a middling turn, then the turn at that signal. `offset` (m,)
    are cross-fitted log-odds of the base that the scores are added to.
    """
    run = _Ridges(ground.periods, design, matrix, signs, offset, folded)
    first = [Strength(signal, TURNS[1]) for signal in SIGNALS]
    best, scores = run.best(first)
    if not design.time.shape[0]:
        return best, scores
    others = [Strength(best.signal, turn) for turn in TURNS if turn != best.turn]
    second, others_scores = run.best(others)
    better = run.loss(others_scores) < run.loss(scores)
    return (second, others_scores) if better else (best, scores)


@dataclass(frozen=True)
class _Ridges:
    """Cross-fitting of the linear model at several strengths."""

    periods: Periods
    design: Design
    matrix: Floats
    signs: Ints
    offset: Floats
    folded: Folded

    def loss(self, scores: Floats) -> float:
        return float(self.periods.weight @ losses(self.offset + scores, self.periods.came))

    def best(self, strengths: list[Strength]) -> tuple[Strength, Floats]:
        scores = np.zeros((len(strengths), len(self.periods)))
        for part in range(self.folded.parts):
            inside = self.folded.fold == part
            learn, here, there = (
                self.periods.take(~inside),
                self.matrix[~inside],
                self.matrix[inside],
            )
            offset, start = self.offset[~inside], None
            for i, strength in enumerate(strengths):
                start = fit_ridge(self.design, here, learn, offset, strength, self.signs, start)
                scores[i, inside] = there @ start.beta
        loss = [self.loss(s) for s in scores]
        best = int(np.argmin(loss))
        return strengths[best], scores[best]
