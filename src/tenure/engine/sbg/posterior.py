"""Posterior of the shifted-beta-geometric model under a weak prior: never without an answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.sbg.exposure import Exposure, together
from tenure.engine.sbg.fitting import log_likelihood
from tenure.engine.sbg.model import Floats, still_paying

_LOGITS = np.linspace(-7.0, 5.0, 49)
_LOG_SIZES = np.linspace(-3.0, 6.0, 28)


@dataclass(frozen=True)
class Prior:
    """What is believed before any customer is seen.

    The mean churn of a period μ = α/(α + β) follows Beta(strength · churn, strength · (1 − churn));
    ln(α + β) follows a normal distribution with mean `log_size` and deviation `log_size_sd`.
    `strength` is in customers: 2 weighs as much as having seen two.
    """

    churn: float
    strength: float = 2.0
    log_size: float = 1.0
    log_size_sd: float = 1.5


YEARLY = Prior(churn=0.2)
MONTHLY = Prior(churn=0.05)


@dataclass(frozen=True)
class Estimate:
    """Posterior mean and an equal-tailed interval, each of the shape that was asked for."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Posterior:
    """Weights (summing to 1) over a grid of α and β; all of shape (G,)."""

    alpha: Floats
    beta: Floats
    weight: Floats

    def still_paying(self, survived: ArrayLike, more: ArrayLike, level: float = 0.9) -> Estimate:
        """P(there after `more` further periods | survived k), with an interval of `level`.

        `survived` and `more` broadcast against each other. `more` = 0 gives exactly 1.
        """
        k, n = np.broadcast_arrays(np.asarray(survived, float), np.asarray(more, float))
        pairs, back = np.unique(np.stack([k.ravel(), n.ravel()]), axis=1, return_inverse=True)
        if not pairs.size:
            return Estimate(np.zeros(k.shape), np.zeros(k.shape), np.zeros(k.shape))
        chance = still_paying(self.alpha, self.beta, pairs[0][:, None], pairs[1][:, None])
        mean = chance @ self.weight
        low, high = self._interval(chance, level)
        shown = [x[back.ravel()].reshape(k.shape) for x in (mean, low, high)]
        return Estimate(*shown)

    def _interval(self, chance: Floats, level: float) -> tuple[Floats, Floats]:
        """Weighted quantiles of each row of `chance` (rows × G)."""
        order = np.argsort(chance, axis=1)
        ranked = np.take_along_axis(chance, order, axis=1)
        mass = np.cumsum(self.weight[order], axis=1)
        rows = np.arange(chance.shape[0])
        tail = (1.0 - level) / 2.0
        last = chance.shape[1] - 1
        at_low = np.minimum((mass < tail).sum(axis=1), last)
        at_high = np.minimum((mass < 1.0 - tail).sum(axis=1), last)
        return ranked[rows, at_low], ranked[rows, at_high]


def posterior(
    exposure: Exposure, prior: Prior, borrowed: Exposure | None = None, worth: float = 20.0
) -> Posterior:
    """Posterior over α and β from a group's counts, a weak prior and a larger group.

    `borrowed` (customers outside the group) enters with its likelihood raised to a power that makes
    it worth at most `worth` customers: a small group leans on all others, a large one hardly does
    (power prior: J. G. Ibrahim and M.-H. Chen 2000, Statistical Science 15(1), 46-60). A group
    with nobody in it returns what the prior and the others say.
    """
    logit, size = (g.ravel() for g in np.meshgrid(_LOGITS, _LOG_SIZES, indexing="ij"))
    churn = 1.0 / (1.0 + np.exp(-logit))
    alpha, beta = churn * np.exp(size), (1.0 - churn) * np.exp(size)
    a, b = prior.strength * prior.churn, prior.strength * (1.0 - prior.churn)
    # The grid is even in the logit, so the Beta density carries the factor dμ/dlogit = μ(1 − μ).
    density = a * np.log(churn) + b * np.log1p(-churn)
    density -= 0.5 * np.square((size - prior.log_size) / prior.log_size_sd)
    counts = exposure
    if borrowed is not None and borrowed.customers > 0:
        counts = together([exposure, borrowed.scaled(min(1.0, worth / borrowed.customers))])
    density = density + log_likelihood(alpha, beta, counts)
    weight = np.exp(density - density.max())
    return Posterior(alpha, beta, weight / weight.sum())
