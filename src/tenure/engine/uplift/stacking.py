"""The learners together beside the outlook of both arms: a few numbers, so noise finds no hold.

Effects often grow with what is at risk. Where learners on many features see little but noise, the
expected outcomes of both arms, which are known far better, still tell who is moved most. Whether
learners see anything is not known either, so both answers are averaged by what the scores say for
each (J. A. Hoeting, D. Madigan, A. E. Raftery and C. T. Volinsky 1999, Bayesian model averaging: a
tutorial, Statistical Science 14(4), 382-417).
"""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.logistic import sigmoid
from tenure.engine.uplift.log import Floats

STACKED = "learners with the outlook"
_LEARNERS = np.eye(3)
_OUTLOOK = np.array([[0.0], [0.5], [0.5]])


@dataclass(frozen=True)
class Stack:
    """τ(x) = mean + Σ slope · (z − middle) with z = (τ̂, μ₀, μ₁); all (3,), `cover` (3, 3)."""

    mean: float
    middle: Floats
    slope: Floats
    cover: Floats

    def effect(self, told: Floats) -> Floats:
        """(n,) effects of told, (n, 3)."""
        return np.asarray(self.mean + (told - self.middle) @ self.slope)

    def spread(self, told: Floats, swing: Floats) -> Floats:
        """(n,) standard errors, `swing` (n,) being those of τ̂."""
        off = told - self.middle
        own = np.einsum("ni,ij,nj->n", off, self.cover, off)
        return np.asarray(np.sqrt(own + np.square(self.slope[0] * swing)))


def fit_stack(told: Floats, scores: Floats) -> Stack:
    """Bayesian regression of doubly robust scores (n,) on what models without the row told (n, 3).

    The mean is free. Beforehand it is as likely that learners see effects as that only the outlook
    tells them: slopes are N(1, 1²) of the learners' effect and N(0, 0.5²) of the two outcomes, or
    N(0, 0.5²) of the mean of both outcomes and 0 of the learners'.
    """
    middle, mean = told.mean(axis=0), float(scores.mean())
    off, left = told - middle, scores - mean
    seen = _regress(off, left, _LEARNERS, np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.5, 0.5]))
    blind = _regress(off, left, _OUTLOOK, np.array([0.0]), np.array([0.5]))
    chance = float(sigmoid(np.array(seen.evidence - blind.evidence)))
    slope = chance * seen.slope + (1.0 - chance) * blind.slope
    apart = seen.slope - blind.slope
    cover = chance * seen.cover + (1.0 - chance) * blind.cover
    cover += chance * (1.0 - chance) * np.outer(apart, apart)
    return Stack(mean, middle, np.asarray(slope), np.asarray(cover))


@dataclass(frozen=True)
class _Answer:
    """Slopes (3,) with their cover (3, 3), and log evidence beyond that of slopes of 0."""

    slope: Floats
    cover: Floats
    evidence: float


def _regress(off: Floats, left: Floats, turn: Floats, prior: Floats, sd: Floats) -> _Answer:
    """Regress on off · turn, (n, 3) · (3, d), with slopes N(prior, sd²) beforehand."""
    variance = max(float(np.var(left)), 1e-18)
    columns, held = off @ turn, np.diag(sd**-2)
    information = columns.T @ columns / variance + held
    cover = np.linalg.inv(information)
    pull = columns.T @ left / variance + held @ prior
    slope = cover @ pull
    size = np.linalg.slogdet(held)[1] - np.linalg.slogdet(information)[1]
    evidence = 0.5 * float(size + pull @ slope - prior @ held @ prior)
    return _Answer(turn @ slope, turn @ cover @ turn.T, evidence)
