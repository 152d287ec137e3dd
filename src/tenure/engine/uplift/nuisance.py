"""What doubly robust scores need: the chance of treatment and the expected outcome of each arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.uplift.bases import RIDGE, Constant, Mean, fit_mean
from tenure.engine.uplift.log import Floats, Ints, PlayLog

CLIP = 0.02
"""Chances nearer to 0 or 1 are held here: one account must not weigh as much as fifty."""


@dataclass(frozen=True)
class Arms:
    """Models of one set of rows: base → (untreated, treated), and of the propensity."""

    means: Mapping[str, tuple[Mean, Mean]]
    chance: Mean

    def at(self, log: PlayLog) -> "Nuisance":
        """Their answers for the rows of a log, means averaged over the bases."""
        chance = self.chance(log.features) if log.propensity is None else log.propensity
        untreated, treated = self.outcomes(log.features)
        return Nuisance(np.clip(chance, CLIP, 1.0 - CLIP), untreated, treated)

    def outcomes(self, features: Floats) -> tuple[Floats, Floats]:
        """(n,) expected outcomes untreated and treated."""
        pairs = [(low(features), high(features)) for low, high in self.means.values()]
        untreated, treated = (np.mean([pair[arm] for pair in pairs], axis=0) for arm in (0, 1))
        return np.asarray(untreated), np.asarray(treated)


@dataclass(frozen=True)
class Nuisance:
    """Clipped propensity and expected outcomes of both arms, (n,) each."""

    chance: Floats
    untreated: Floats
    treated: Floats

    def take(self, rows: Ints) -> "Nuisance":
        """Some rows."""
        return Nuisance(self.chance[rows], self.untreated[rows], self.treated[rows])

    def scores(self, log: PlayLog) -> Floats:
        """Doubly robust (AIPW) scores of the effect, (n,), in the unit of the outcome.

            Γ = μ₁ − μ₀ + T (Y − μ₁)/e − (1 − T)(Y − μ₀)/(1 − e)

        E[Γ | x] is the effect τ(x) when either e or both μ are right (J. M. Robins, A. Rotnitzky
        and L. P. Zhao 1994, JASA 89, 846-866).
        """
        treated = log.treated.astype(float)
        up = treated * (log.outcome - self.treated) / self.chance
        down = (1.0 - treated) * (log.outcome - self.untreated) / (1.0 - self.chance)
        return np.asarray(self.treated - self.untreated + up - down)


def fit_arms(log: PlayLog, bases: Sequence[str], seed: int) -> Arms:
    """Fit both arms with each base, and the propensity where it was not logged."""
    means = {
        base: (
            fit_mean(base, log.features[~log.treated], log.outcome[~log.treated], seed),
            fit_mean(base, log.features[log.treated], log.outcome[log.treated], seed + 1),
        )
        for base in bases
    }
    if log.propensity is not None:
        return Arms(means, Constant(float("nan")))
    return Arms(means, fit_mean(RIDGE, log.features, log.treated.astype(float), seed))


@dataclass(frozen=True)
class CrossArms:
    """Arms for rows of each fold, learnt without that fold, and without any second fold too.

    With the second, effects can be learnt for a fold with nothing, at no remove, having been seen
    of it.
    """

    fold: Ints
    without: Mapping[frozenset[int], Arms]

    def own(self, log: PlayLog, unseen: int | None = None) -> Nuisance:
        """For each row by models that saw neither its fold nor `unseen`, (n,) each.

        Rows of the fold `unseen` itself come from the models without it.
        """
        chance, low, high = (np.zeros(len(log)) for _ in range(3))
        for part in np.unique(self.fold):
            rows = np.flatnonzero(self.fold == part)
            out = frozenset({int(part)} if unseen is None else {int(part), unseen})
            found = self.without[out].at(log.take(rows))
            chance[rows], low[rows], high[rows] = found.chance, found.untreated, found.treated
        return Nuisance(chance, low, high)


def cross_arms(log: PlayLog, fold: Ints, bases: Sequence[str], seed: int) -> CrossArms:
    """Fit arms without each fold and without each two, (K + K(K − 1)/2) times."""
    parts = [int(part) for part in np.unique(fold)]
    left = {frozenset({one, other}) for one in parts for other in parts}
    return CrossArms(
        fold,
        {
            out: fit_arms(log.take(~np.isin(fold, list(out))), bases, seed)
            for out in sorted(left, key=sorted)
        },
    )
