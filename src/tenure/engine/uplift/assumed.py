"""Effects where nothing was randomised: what is believed beforehand, and never more than that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.uplift.log import Floats


@dataclass(frozen=True)
class Prior:
    """What is believed of a play's average effect before it was ever tested.

    Attributes:
        mean: In the unit of the outcome; `sd`: how unsure one is of it, above 0.
        source: Where the belief comes from, for readers to judge: a study, or whose judgement.
    """

    mean: float
    sd: float
    source: str

    def __post_init__(self) -> None:
        if not self.sd > 0 or not np.isfinite([self.mean, self.sd]).all():
            raise ValueError("A prior needs a finite mean and a standard deviation above 0.")
        if not self.source.strip():
            raise ValueError("A prior must say where it comes from.")

    @property
    def pair(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        return self.mean, self.sd


@dataclass(frozen=True)
class Hint:
    """An effect found elsewhere or without randomising: `mean` with standard error `sd`."""

    mean: float
    sd: float
    source: str


@dataclass(frozen=True)
class Estimated:
    """Effects of n accounts.

    Attributes:
        effect: (n,) in the unit of the outcome; `sd`: (n,) of each.
        net: (n,) money that treating is expected to keep, less its cost.
        low: (n,) lower part of `net`, at the caution that was asked for.
        rank: (n,) what to go by; −∞ where an account should not be treated.
        assumed: Nothing was randomised: a belief, no finding. Must not be told as an impact.
        sources: Where it comes from.
    """

    effect: Floats
    sd: Floats
    net: Floats
    low: Floats
    rank: Floats
    assumed: bool
    sources: tuple[str, ...]


def shrunken(prior: Prior, hints: Sequence[Hint], doubt: float) -> Prior:
    """What is believed after hints that may be off by more than their standard errors say.

    Each hint's variance is widened by `doubt`², the variance of the unknown bias of what was not
    randomised, before it meets the prior in the normal-normal model (S. Greenland 2005,
    Multiple-bias modelling for analysis of observational data, JRSS A 168(2), 267-306).
    """
    if doubt < 0 or any(not hint.sd > 0 for hint in hints):
        raise ValueError("Doubt must not be negative, and standard errors above 0.")
    weights = [prior.sd**-2] + [1.0 / (hint.sd**2 + doubt**2) for hint in hints]
    means = [prior.mean] + [hint.mean for hint in hints]
    total = sum(weights)
    mean = sum(w * m for w, m in zip(weights, means, strict=True)) / total
    sources = [prior.source, *(hint.source for hint in hints)]
    return Prior(mean, total**-0.5, "; ".join(dict.fromkeys(sources)))


def assumed_effects(
    prior: Prior, stake: Floats, cost: Floats, risk: Floats | None = None, caution: float = 1.0
) -> Estimated:
    """Effects of accounts by a prior alone, flagged as assumed.

    Args:
        prior: Of an account's effect; with `risk` of the part of its risk that the play takes
            away, so τ = prior · risk.
        stake: (n,) money per unit of outcome.
        cost: (n,) money of treating.
        risk: (n,) chance of loss, 0-1, or None.
        caution: Standard deviations between the mean and the lower part.
    """
    share = np.ones(stake.size) if risk is None else np.asarray(risk, dtype=float)
    effect, sd = prior.mean * share, prior.sd * share
    net = effect * stake - cost
    return Estimated(
        effect=effect,
        sd=sd,
        net=net,
        low=(effect - caution * sd) * stake - cost,
        rank=np.where(net > 0, net, -np.inf),
        assumed=True,
        sources=(prior.source,),
    )
