"""The Kaplan-Meier estimate of how many stay how long, of accounts or of being watched."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from tenure.engine.scoring.inputs import Floats, spells


@dataclass(frozen=True)
class Curve:
    """A survival step curve over m distinct times, each part of shape (m,).

    `survival[k]` holds from `times[k]` until the next; before the first time it is 1. `low` and
    `high` are its pointwise interval, `at_risk` how many were there just before and `events` how
    many left at the time.
    """

    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    events: Floats

    def at(self, times: Any) -> Floats:
        """S(t) at any times, of their shape; the last value holds on after the last time."""
        place = np.searchsorted(self.times, np.asarray(times, dtype=float), side="right")
        return np.concatenate([[1.0], self.survival])[place]


def kaplan_meier(duration: Any, event: Any, level: float = 0.95) -> Curve:
    """S(t) = Π_{u ≤ t} (1 − d_u/n_u), those who are watched no longer leave the risk set after u.

    Interval: Greenwood's variance on the log(−log) scale, which keeps it within 0 and 1
    (E. L. Kaplan and P. Meier 1958, JASA 53, 457-481; J. D. Kalbfleisch and R. L. Prentice 1980).

    Args:
        duration: (n,) time to the event or to the end of observation, ≥ 0.
        event: (n,) whether the event came.
        level: Of the interval.
    """
    time, came = spells(duration, event)
    times, at = np.unique(time, return_inverse=True)
    events = np.bincount(at, came).astype(float)
    at_risk = _there(np.bincount(at).astype(float))
    return _curve(times, at_risk, events, level)


def censoring(duration: Any, event: Any, level: float = 0.95) -> Curve:
    """G(t) = P(still watched after t), the curve that scores weight by.

    Kaplan-Meier with the parts of event and end of observation exchanged. At equal times events
    come first, so those who left at u are not at risk of going out of sight at u.
    """
    time, came = spells(duration, event)
    times, at = np.unique(time, return_inverse=True)
    left = np.bincount(at, came).astype(float)
    unseen = np.bincount(at, ~came).astype(float)
    return _curve(times, _there(left + unseen) - left, unseen, level)


def _there(leaving: Floats) -> Floats:
    return np.asarray(leaving.sum() - np.cumsum(leaving) + leaving)


def _curve(times: Floats, at_risk: Floats, events: Floats, level: float) -> Curve:
    risk = np.where(at_risk > 0, at_risk, 1.0)
    survival = np.asarray(np.cumprod(1.0 - events / risk), dtype=float)
    inside = survival > 0
    # Greenwood's sum is infinite once nobody is left; there the curve is 0 whatever the interval.
    steps = np.where(inside, events / (risk * np.where(inside, risk - events, 1.0)), 0.0)
    spread = np.sqrt(np.cumsum(steps)) * float(ndtri((1.0 + level) / 2.0))
    moved = inside & (survival < 1.0)
    scale = np.exp(np.where(moved, spread / np.log(np.where(moved, survival, 0.5)), 0.0))
    low: Floats = np.power(survival, 1.0 / scale)
    high: Floats = np.power(survival, scale)
    return Curve(times, survival, low, high, at_risk, events)
