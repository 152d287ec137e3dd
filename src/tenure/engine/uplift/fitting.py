"""From a play's log to the effects of accounts to come."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.library import NoBoosting, lightgbm
from tenure.engine.hazards.threads import one_thread
from tenure.engine.uplift.assumed import Estimated, Prior
from tenure.engine.uplift.bases import BOOSTED, FEW_TO_BOOST, RIDGE
from tenure.engine.uplift.choosing import (
    HELPED,
    NOBODY,
    Choice,
    choose,
    cross_fit,
    teach_all,
)
from tenure.engine.uplift.effects import Taught
from tenure.engine.uplift.log import Floats, Ints, PlayLog
from tenure.engine.uplift.nuisance import CLIP, Arms, fit_arms
from tenure.engine.uplift.policy import NEVER, cautious

FEW_TO_LEARN = 60
"""Rows of the smaller arm below which only segments are pooled."""


@dataclass(frozen=True)
class Settings:
    """How effects are learnt.

    Attributes:
        folds: Number of folds of accounts.
        caution: Standard errors between an effect and its lower part, which must be worth the
            cost; 1.645 asks for 95 % certainty that an account is not treated for nothing.
        seed: Of folds, halves and trees.
        boosted: Whether trees may be tried.
        prior: Believed of the play's average effect beforehand; used for segments only.
    """

    folds: int = 5
    caution: float = 1.645
    seed: int = 0
    boosted: bool = True
    prior: Prior | None = None


@dataclass(frozen=True)
class Report:
    """What to tell of a fit.

    Attributes:
        choice: The ranker, all candidates, and the honest value of choosing among them.
        average: Average effect and its standard error, in the unit of the outcome.
        randomised: Whether propensities were logged. If not, all rests on the features holding
            everything that decided who was treated.
        clipped: Share of rows whose propensity was held at the clip.
        learners: Whether there were rows enough for learners, or only segments were pooled.
    """

    choice: Choice
    average: tuple[float, float]
    randomised: bool
    clipped: float
    learners: bool


@dataclass(frozen=True)
class Uplift:
    """A fitted ranker for accounts to come."""

    settings: Settings
    report: Report
    taught: Taught
    arms: Arms

    def estimate(
        self,
        features: Floats,
        stake: Floats,
        cost: Floats,
        segment: Ints | None = None,
        risk: Floats | None = None,
    ) -> Estimated:
        """Effects, their worth and the rank of accounts.

        Without logged propensities the result is flagged as assumed: it rests on the features
        holding all that decided who was treated. Beside a ranker that knows no effect, effects are
        those of the preferred one. Where nobody should be treated, all ranks are −∞.

        Args:
            features: (n, p) as in the log.
            stake: (n,) money per unit of outcome.
            cost: (n,) money of treating.
            segment: (n,) as in the log; all 0 when None.
            risk: (n,) as in the log, where that had it.
        """
        choice = self.report.choice
        group = np.zeros(stake.size, dtype=np.int64) if segment is None else segment
        effects = self.taught.at(features, group)
        if choice.stack is not None:
            effects = effects.stacked(choice.stack, self.arms.outcomes(features))
        name = choice.name if choice.name in effects.names else effects.preferred()
        at, level = effects.names.index(name), choice.calibrations[name]
        effect = level(effects.mean[at])
        sd = np.hypot(level.slope * effects.spread[at], level.sd)
        caution = self.settings.caution
        low = (effect - caution * sd) * stake - cost
        rank = cautious(effect, sd, stake, cost, caution)
        if choice.name == NOBODY:
            rank = np.full(stake.size, NEVER)
        elif choice.name == HELPED:
            rank = np.where(np.isfinite(rank), self._risk_value(features, stake, risk), NEVER)
        known = self.report.randomised
        source = "hold-outs with logged chances" if known else "a past that nobody randomised"
        return Estimated(effect, sd, effect * stake - cost, low, rank, not known, (source,))

    def _risk_value(self, features: Floats, stake: Floats, risk: Floats | None) -> Floats:
        """(n,) chance of loss × stake."""
        if risk is None:
            risk = 1.0 - self.arms.outcomes(features)[0]
        return np.asarray(risk * stake)


@one_thread
def fit(log: PlayLog, share: float, settings: Settings | None = None) -> Uplift:
    """Learn whom a play helps, choose the ranker for a budget, and say what it is worth.

    Args:
        log: Rows with and without the play. Propensities as logged make the result an experiment's;
            where they are None, they are estimated from the features.
        share: Part of the accounts that can be treated, more than 0 and at most 1.
        settings: How.

    Raises:
        ValueError: The share is out of its range, or an arm has fewer than two accounts a fold.
    """
    how = settings or Settings()
    if not 0 < share <= 1:
        raise ValueError("The share that can be treated must be above 0 and at most 1.")
    arms = [np.unique(log.account[arm]).size for arm in (log.treated, ~log.treated)]
    parts = min(how.folds, min(arms) // 2)
    if parts < 2:
        raise ValueError("Each arm needs four accounts at least; use a prior until then.")
    learners = min(arms) >= FEW_TO_LEARN
    bases = _bases(log, how) if learners else ()
    prior = None if how.prior is None else how.prior.pair
    crossed = cross_fit(log, bases, parts, how.seed, prior)
    choice = choose(log, crossed, share, how.caution, how.seed)
    chance = crossed.nuisance.chance
    scores = choice.scores
    report = Report(
        choice=choice,
        average=(float(scores.mean()), float(scores.std() / np.sqrt(scores.size))),
        randomised=log.propensity is not None,
        clipped=float(((chance <= CLIP) | (chance >= 1.0 - CLIP)).mean()),
        learners=learners,
    )
    return Uplift(
        how,
        report,
        teach_all(log, crossed, bases, how.seed, prior),
        fit_arms(log, bases or (RIDGE,), how.seed),
    )


def _bases(log: PlayLog, how: Settings) -> tuple[str, ...]:
    smaller = min(int(log.treated.sum()), int((~log.treated).sum()))
    if not how.boosted or smaller < FEW_TO_BOOST:
        return (RIDGE,)
    try:
        lightgbm()
    except NoBoosting:
        return (RIDGE,)
    return (RIDGE, BOOSTED)
