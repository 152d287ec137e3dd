"""Learners of effects: S, T, X and doubly robust, each on ridge and on boosted trees.

S. R. Künzel, J. S. Sekhon, P. J. Bickel and B. Yu (2019), Metalearners for estimating
heterogeneous treatment effects, PNAS 116(10), 4156-4165, for S, T and X; E. H. Kennedy (2023),
Towards optimal doubly robust estimation of heterogeneous causal effects, EJS 17(2), 3008-3049.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.basis import Basis, make_basis
from tenure.engine.uplift.bases import BOOSTED, Mean, best_strength, fit_mean, held
from tenure.engine.uplift.log import Floats, PlayLog
from tenure.engine.uplift.nuisance import Nuisance

S, T, X, DR = "S", "T", "X", "DR"
KINDS = (S, T, X, DR)
_TURN = 3.0
"""By how much more interactions with treatment are held than what acts without it."""


@dataclass(frozen=True)
class Lesson:
    """What an effect is learnt from: rows, their nuisances from models that did not see them."""

    log: PlayLog
    nuisance: Nuisance
    base: str
    seed: int


@dataclass(frozen=True)
class Difference:
    """One mean less another."""

    treated: Mean
    untreated: Mean

    def __call__(self, features: Floats) -> Floats:
        """(n,) effects of features (n, p)."""
        return self.treated(features) - self.untreated(features)


@dataclass(frozen=True)
class Switched:
    """One model with treatment as a last feature: its answer with less its answer without."""

    model: Mean

    def __call__(self, features: Floats) -> Floats:
        """(n,) effects of features (n, p)."""
        one, none = np.ones((features.shape[0], 1)), np.zeros((features.shape[0], 1))
        with_it, without = (self.model(np.hstack([features, t])) for t in (one, none))
        return with_it - without


@dataclass(frozen=True)
class Interacting:
    """Effect = shift + columns · beta, from a linear model with interactions."""

    basis: Basis
    shift: float
    beta: Floats

    def __call__(self, features: Floats) -> Floats:
        """(n,) effects of features (n, p)."""
        return self.shift + self.basis.columns(features) @ self.beta


@dataclass(frozen=True)
class Crossed:
    """The X-learner: e τ₀(x) + (1 − e) τ₁(x), so the arm with more rows imputes more."""

    of_untreated: Mean
    of_treated: Mean
    share: float

    def __call__(self, features: Floats) -> Floats:
        """(n,) effects of features (n, p)."""
        part = self.share
        return part * self.of_untreated(features) + (1.0 - part) * self.of_treated(features)


def learn(kind: str, lesson: Lesson) -> Mean:
    """τ̂ of one kind, as a function of features (n, p).

    Raises:
        NoBoosting: The base is boosted and LightGBM can't be loaded.
    """
    return _LEARN[kind](lesson)


def _single(lesson: Lesson) -> Mean:
    """One model of the outcome that knows of the treatment."""
    log = lesson.log
    if lesson.base == BOOSTED:
        wide = np.column_stack([log.features, log.treated.astype(float)])
        return Switched(fit_mean(BOOSTED, wide, log.outcome, lesson.seed))
    basis = make_basis(log.features)
    columns, sign = basis.columns(log.features), log.treated - float(log.treated.mean())
    wide = np.column_stack([columns, sign, columns * sign[:, None]])
    size = basis.size
    shape = np.concatenate([np.ones(size), [1e-6], np.full(size, _TURN)])
    strength = best_strength(wide, log.outcome, shape, lesson.seed)
    _, beta = held(wide, log.outcome, strength * shape)
    return Interacting(basis, float(beta[size]), beta[size + 1 :])


def _two(lesson: Lesson) -> Mean:
    """A model for each arm."""
    log = lesson.log
    models = [
        fit_mean(lesson.base, log.features[arm], log.outcome[arm], lesson.seed + at)
        for at, arm in enumerate((~log.treated, log.treated))
    ]
    return Difference(models[1], models[0])


def _imputed(lesson: Lesson) -> Mean:
    """What each arm would have had in the other is imputed, and the differences learnt."""
    log, known = lesson.log, lesson.nuisance
    treated = log.treated
    gained = log.outcome[treated] - known.untreated[treated]
    missed = known.treated[~treated] - log.outcome[~treated]
    of_treated = fit_mean(lesson.base, log.features[treated], gained, lesson.seed)
    of_untreated = fit_mean(lesson.base, log.features[~treated], missed, lesson.seed + 1)
    return Crossed(of_untreated, of_treated, float(treated.mean()))


def _robust(lesson: Lesson) -> Mean:
    """The doubly robust scores are learnt."""
    scores = lesson.nuisance.scores(lesson.log)
    return fit_mean(lesson.base, lesson.log.features, scores, lesson.seed)


_LEARN: dict[str, Callable[[Lesson], Mean]] = {S: _single, T: _two, X: _imputed, DR: _robust}
