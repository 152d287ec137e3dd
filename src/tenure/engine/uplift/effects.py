"""All learners together: effects, and how far they swing when they see other accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.uplift.bases import Mean
from tenure.engine.uplift.learners import KINDS, Lesson, learn
from tenure.engine.uplift.log import Floats, Ints, PlayLog
from tenure.engine.uplift.nuisance import Nuisance
from tenure.engine.uplift.segments import Pooled, by_segment
from tenure.engine.uplift.stacking import STACKED, Stack

SEGMENTS, TOGETHER = "segments", "learners together"


@dataclass(frozen=True)
class Effects:
    """Effects of n rows by C learners: `names`, `mean` (C, n) and `spread` (C, n) standard errors.

    The spread tells how far a learner would swing with other accounts to learn from, and how far
    learners are apart about an account: where one sees harm, the others are not sure either. It
    doesn't hold what no feature tells.
    """

    names: tuple[str, ...]
    mean: Floats
    spread: Floats

    def preferred(self) -> str:
        """The one to go by unless another is seen to be better."""
        return next(name for name in (STACKED, TOGETHER, SEGMENTS) if name in self.names)

    def stacked(self, stack: Stack, outcomes: tuple[Floats, Floats]) -> "Effects":
        """The same with what a stack makes of them and of expected outcomes, (n,) each."""
        at = self.names.index(TOGETHER)
        told = told_of(self, outcomes)
        mean, spread = stack.effect(told), stack.spread(told, self.spread[at])
        return Effects(
            (STACKED, *self.names),
            np.concatenate([mean[None], self.mean]),
            np.concatenate([spread[None], self.spread]),
        )


def told_of(effects: Effects, outcomes: tuple[Floats, Floats]) -> Floats:
    """(n, 3) the effect of the learners together and both outcomes, for a stack."""
    return np.column_stack([effects.mean[effects.names.index(TOGETHER)], *outcomes])


@dataclass(frozen=True)
class Taught:
    """Learners that were fitted on all rows and, for their spread, on two halves of them."""

    whole: Mapping[str, Mean]
    halves: Mapping[str, tuple[Mean, Mean]]
    pooled: Pooled

    def at(self, features: Floats, segment: Ints) -> Effects:
        """Effects of features (n, p) and segments (n,)."""
        mean = [model(features) for model in self.whole.values()]
        pairs = [[half(features) for half in pair] for pair in self.halves.values()]
        names = list(self.whole)
        apart = np.std(mean, axis=0) if mean else np.zeros(segment.size)
        swing = [np.hypot(_swing(one, other), apart) for one, other in pairs]
        if mean:
            names.append(TOGETHER)
            mean.append(np.mean(mean, axis=0))
            both = (np.mean([pair[half] for pair in pairs], axis=0) for half in (0, 1))
            swing.append(np.hypot(_swing(*both), apart))
        own, sd = self.pooled.of(segment)
        return Effects((*names, SEGMENTS), np.stack([*mean, own]), np.stack([*swing, sd]))


def _swing(one: Floats, other: Floats) -> Floats:
    """Standard error of a fit on all from fits on two halves.

    Two halves differ with variance 2 · 2σ², where σ² is the variance of a fit on all. One
    difference says little of one account, so half of σ² is its own and half that of all rows.
    """
    own = np.square(one - other) / 4.0
    return np.sqrt(0.5 * own + 0.5 * float(own.mean()))


def teach(
    log: PlayLog,
    nuisance: Nuisance,
    bases: Sequence[str],
    seed: int,
    prior: tuple[float, float] | None = None,
) -> Taught:
    """Fit every learner on every base; `bases` may be empty, when only segments are pooled."""
    halves = _halves(log.account, seed)
    whole, pairs = {}, {}
    for base in bases:
        for kind in KINDS:
            name = f"{kind}, {base}"
            whole[name] = learn(kind, Lesson(log, nuisance, base, seed))
            one, other = (
                learn(kind, Lesson(log.take(rows), nuisance.take(rows), base, seed + 7))
                for rows in halves
            )
            pairs[name] = (one, other)
    return Taught(whole, pairs, by_segment(nuisance.scores(log), log.segment, prior))


def _halves(account: Ints, seed: int) -> tuple[Ints, Ints]:
    """Rows of one half of the accounts and of the other."""
    keys, at = np.unique(account, return_inverse=True)
    first = (np.random.default_rng(seed + 13).permutation(keys.size) % 2 == 0)[at]
    return np.flatnonzero(first), np.flatnonzero(~first)
