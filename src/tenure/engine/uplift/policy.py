"""From effects to whom to treat, and what that is worth."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.scoring.capacity import chosen
from tenure.engine.uplift.log import Floats, Ints, PlayLog

NEVER = -np.inf


@dataclass(frozen=True)
class Calibration:
    """τ̂ → mean + slope · (τ̂ − middle); `sd` of the mean, in the unit of the outcome."""

    middle: float
    mean: float
    slope: float
    sd: float

    def __call__(self, effect: Floats) -> Floats:
        """(n,) effects on the level of the doubly robust scores."""
        return np.asarray(self.mean + self.slope * (effect - self.middle))


def calibrate(effect: Floats, scores: Floats, slope_sd: float = 0.3) -> Calibration:
    """Level and slope of effects (n,) against the doubly robust scores of the same rows.

    The best linear predictor of V. Chernozhukov, M. Demirer, E. Duflo and I. Fernández-Val (2018),
    NBER 24678, with the slope held to N(1, `slope_sd`²): a few accounts can't turn it round. A
    slope is at least 0. Effects must come from models that did not see the rows.
    """
    middle, mean = float(effect.mean()), float(scores.mean())
    off, left = effect - middle, scores - mean
    variance = max(float(np.var(left - off)), 1e-18)
    information, prior = float(off @ off) / variance, slope_sd**-2
    slope = (float(off @ left) / variance + prior) / (information + prior)
    return Calibration(middle, mean, max(slope, 0.0), float(np.sqrt(variance / scores.size)))


def cautious(effect: Floats, spread: Floats, stake: Floats, cost: Floats, caution: float) -> Floats:
    """(n,) net worth τ̂ · stake − cost, NEVER where its lower part is not above 0.

    The lower part is (τ̂ − caution · spread) · stake − cost. With caution z and normal errors, one
    in Φ(−z) of the accounts at the edge is harmed, fewer of those above it.
    """
    low = (effect - caution * spread) * stake - cost
    return np.where(low > 0, effect * stake - cost, NEVER)


def treated_share(score: Floats, places: int) -> Floats:
    """The part of each row (n,) that is treated: the highest scores, none that is NEVER.

    Rows that tie for the last places share them.
    """
    open_to = np.isfinite(score)
    out = np.zeros(score.size)
    out[open_to] = chosen(score[open_to], min(places, int(open_to.sum())))
    return out


def shares(score: Floats, fold: Ints, share: float) -> Floats:
    """Treated parts (n,) when each fold has its `share` of places; scores (n,) of one candidate."""
    out = np.zeros(score.size)
    for part in np.unique(fold):
        rows = np.flatnonzero(fold == part)
        out[rows] = treated_share(score[rows], round(share * rows.size))
    return out


@dataclass(frozen=True)
class Value:
    """Money a policy keeps beyond treating nobody, net of costs, and an interval of 95 %."""

    value: float
    low: float
    high: float
    sd: float


def total(gains: Floats, account: Ints, z: float = 1.96) -> Value:
    """Sum of gains (n,), with a standard error that keeps the rows of an account together."""
    _, at = np.unique(account, return_inverse=True)
    own = np.bincount(at, gains)
    m = own.size
    sd = float(np.sqrt(m / max(m - 1, 1) * np.square(own - own.mean()).sum())) if m > 1 else np.inf
    value = float(gains.sum())
    return Value(value, value - z * sd, value + z * sd, sd)


def gains(log: PlayLog, scores: Floats, part: Floats) -> Floats:
    """(n,) money of treating `part` of each row: part · (Γ · stake − cost).

    Its sum is the doubly robust estimate of a policy's worth against treating nobody (S. Athey and
    S. Wager 2021, Policy learning with observational data, Econometrica 89(1), 133-161).
    """
    return np.asarray(part * (scores * log.stake - log.cost))
