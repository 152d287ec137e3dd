"""What each play is expected to do for each account: learnt from its hold-outs, else assumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.advice.definitions import AdviceDefinition
from tenure.advice.inputs.accounts import Accounts, AtStake
from tenure.advice.inputs.plays import Playable
from tenure.engine.uplift.assumed import Estimated, Prior, assumed_effects
from tenure.engine.uplift.experiments import Experiment, most_teaching
from tenure.engine.uplift.log import Floats, Truths, play_log
from tenure.plays.arrivals import Facts
from tenure.plays.effects.arms import Arms, arms_of
from tenure.plays.effects.endpoints import KNOWN, RETENTION
from tenure.plays.effects.outcomes import outcomes
from tenure.plays.effects.past import arms_learnt
from tenure.plays.models import Play
from tenure.plays.starting.known import known_of

DAYS = 90
MOST_TAKEN = 0.5
"""Share of an account's risk that a play is assumed to take away at most."""
YEAR = 12


@dataclass(frozen=True)
class Believed:
    """A play's effect on the chance to stay of some accounts.

    Attributes:
        accounts: (n,) whom the rest is about.
        effect, sd: (n,) difference in the chance to stay, 0-1, and how sure; `may`: (n,) whether
            the play should be considered there at all.
        assumed, source: Whether it is only believed, and by whom; `arms`: accounts measured that
            had the play, and that were held out; `past`: how many of them by the log of plays that
            were run before Tenure.
    """

    play: Playable
    accounts: tuple[AtStake, ...]
    effect: Floats
    sd: Floats
    may: Truths
    assumed: bool
    source: str
    arms: tuple[int, int] = (0, 0)
    past: int = 0

    def told(self) -> dict[str, Any]:
        """As a plan keeps it."""
        some = bool(self.accounts)
        return {
            "play": self.play.key,
            "version": self.play.version,
            "assumed": self.assumed,
            "mean": float(self.effect.mean()) if some else None,
            "sd": float(self.sd.mean()) if some else None,
            "source": self.source,
            "treated": self.arms[0],
            "held_out": self.arms[1],
            "past": self.past,
            "accounts": len(self.accounts),
        }


def believed(
    play: Playable, accounts: Accounts, rate: float, definition: AdviceDefinition, facts: Facts
) -> Believed | None:
    """What a play does for the accounts it is open to; None where nobody says anything of it."""
    some = tuple(one for key in sorted(play.open_to) if (one := accounts.known.get(key)))
    stake = np.array([one.margin for one in some])
    cost = np.full(stake.size, play.definition.hours * rate)
    learnt = _learnt(play, accounts.margin, stake, rate, definition)
    if learnt is not None:
        uplift, measured = learnt
        features = _features(facts, some)
        risk = np.array([one.risk for one in some])
        found: Estimated = uplift.estimate(features, stake, cost, risk=risk)
        may = np.isfinite(found.rank)
        return Believed(
            play, some, found.effect, found.sd, may, False, "", measured.sizes, measured.past
        )
    prior = play.definition.prior
    if prior is None:
        return None
    found = _assumed(prior, play, accounts, some, cost)
    return Believed(
        play, some, found.effect, found.sd, np.ones(stake.size, dtype=bool), True, prior.source
    )  # fmt: skip


def _assumed(
    prior: Prior, play: Playable, accounts: Accounts, some: Sequence[AtStake], cost: Floats
) -> Estimated:
    """The prior, shared out by risk: who would stay anyway cannot be kept.

    The average over the play's audience is what the prior says, as long as that takes away no more
    than MOST_TAKEN of anybody's chance to leave.
    """
    audience = [one.risk for key in play.accounts if (one := accounts.known.get(key))]
    usual = max(float(np.mean(audience)), 1e-6) if audience else 1.0
    scale = 1.0 / max(usual, abs(prior.mean) / MOST_TAKEN)
    relative = Prior(prior.mean * scale, prior.sd * scale, prior.source)
    stake = np.array([one.margin for one in some])
    return assumed_effects(relative, stake, cost, np.array([one.risk for one in some]))


@dataclass(frozen=True)
class _Measured:
    """Arms with what became of them: 1 kept, 0 lost, nan not known (yet)."""

    arms: Arms
    kept: Floats
    own: int

    @property
    def seen(self) -> Truths:
        """(n,) whose value is known."""
        return np.isfinite(self.kept)

    @property
    def sizes(self) -> tuple[int, int]:
        """Accounts measured that had the play, and that were held out."""
        held = self.arms.held_out[self.seen] == 1
        return int((~held).sum()), int(held.sum())

    @property
    def past(self) -> int:
        """How many of them stand in the log of past plays."""
        return int(self.seen[self.own :].sum())


def _measured(play: Playable, enough: int) -> _Measured | None:
    """Who had the version, or was held out of it; None: too few, or all fared alike.

    As long as they are too few alone, those of the play of that name before Tenure stand beside
    them. The version's own are of this very play, so they stand alone once they are enough.
    """
    row = Play.objects.filter(key=play.key).first()
    if row is None:
        return None
    arms = arms_of(row, play.version)
    found = _Measured(arms, outcomes(arms.started, DAYS)[RETENTION], len(arms.started))
    past = arms_learnt(row) if min(found.sizes) < enough and play.version > 0 else None
    if past is not None:
        kept = np.concatenate([found.kept, outcomes(past.started, DAYS)[RETENTION]])
        found = _Measured(arms.with_more(past), kept, found.own)
    # Where nobody left, or everybody, no error can be told: an effect of 0 would look certain.
    teaches = min(found.sizes) >= enough and np.ptp(found.kept[found.seen]) > 0
    return found if teaches else None


def _learnt(
    play: Playable, margin: float, stake: Floats, rate: float, definition: AdviceDefinition
) -> tuple[Any, _Measured] | None:
    """A ranker fitted to hold-outs, and whom it was learnt from; None: too few.

    `stake`: of the accounts it is open to, for those of whom it is not known what they paid then.
    """
    from tenure.engine.uplift.fitting import Settings, fit

    measured = _measured(play, definition.enough)
    if measured is None:
        return None
    arms, seen = measured.arms, measured.seen
    known = np.column_stack([arms.known[name] for name in KNOWN])[seen]
    worth = margin * YEAR * arms.known["mrr"][seen]
    there = worth[np.isfinite(worth)]
    usual = float((there if there.size else stake).mean()) if there.size or stake.size else 0.0
    log = play_log(
        arms.family[seen], known, KNOWN, arms.held_out[seen] == 0, measured.kept[seen],
        stake=np.where(np.isfinite(worth), worth, usual),
        cost=play.definition.hours * rate,
        propensity=np.clip(arms.propensity[seen], 0.01, 0.99),
        risk=_risk(arms.known["risk_12"][seen]),
    )  # fmt: skip
    return fit(log, 1.0, Settings(prior=play.definition.prior)), measured


def _risk(risk: Floats) -> Floats | None:
    """Chances to leave as known at the start; None where too many are not known."""
    there = np.isfinite(risk)
    return np.where(there, risk, float(np.nanmean(risk))) if there.mean() > 0.5 else None


def _features(facts: Facts, some: Sequence[AtStake]) -> Floats:
    """(n, p) what is known today, by the names of KNOWN; nan where not."""
    rows = [known_of(facts, one.account) for one in some]
    found = [[np.nan if row[name] is None else row[name] for name in KNOWN] for row in rows]
    return np.array(found, dtype=float).reshape(len(rows), len(KNOWN))


def teaching(found: Sequence[Believed], rate: float) -> list[dict[str, Any]]:
    """Experiments on plays whose effect is only assumed that are worth their price, best first.

    A play would be given to the accounts it is open to with its share held out (a tenth, where it
    holds out nobody), and what is learnt would be used for as many a quarter, three quarters on.
    """
    asked = [one for play in found if (one := _experiment(play, rate)) is not None]
    return [
        {
            "play": teaches.experiment.name,
            "treated": teaches.experiment.treated,
            "held_out": teaches.experiment.held_out,
            "worth": teaches.net,
            "learnt": teaches.learnt,
        }
        for teaches in most_teaching(asked)
        if teaches.net > 0
    ]


def _experiment(found: Believed, rate: float) -> Experiment | None:
    n, definition = len(found.accounts), found.play.definition
    prior = definition.prior
    held_out = max(round((definition.share or 0.1) * n), 1)
    if not found.assumed or prior is None or n - held_out < 1:
        return None
    stay = 1.0 - float(np.mean([one.risk for one in found.accounts]))
    return Experiment(
        name=found.play.key,
        mean=prior.mean,
        sd=prior.sd,
        noise=float(np.sqrt(max(stay * (1.0 - stay), 1e-4))),
        treated=n - held_out,
        held_out=held_out,
        later=3 * n,
        stake=float(np.mean([one.margin for one in found.accounts])),
        cost=definition.hours * rate,
    )
