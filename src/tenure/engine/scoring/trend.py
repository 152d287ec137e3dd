"""Whether forecasts drift away from what comes, month after month."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit, ndtri, stdtr, stdtrit

from tenure.engine.scoring.inputs import Floats, Ints, weighted

MONTHS, EVENTS = 6, 20
"""Months with forecasts, and events, below which no trend is told."""
LOOKS = 52
"""Looks in a year for which `THRESHOLD` corrects."""
THRESHOLD = 0.05 / LOOKS
"""p below which drift is clear: looking every week for a year at forecasts that are right finds
drift in one company of twenty at most (C. E. Bonferroni 1936, by the union bound; looks at much the
same data overlap, so fewer)."""
_FLOOR, _STEPS = 1e-6, 40


@dataclass(frozen=True)
class Month:
    """One month of forecasts: how many, what they expected and what came."""

    month: int
    rows: int
    expected: float
    events: int


@dataclass(frozen=True)
class Trend:
    """How observed over predicted moves from month to month.

    Attributes:
        slope: Change of the log-odds of observed over predicted, a month; 0: no drift. Above 0, it
            comes ever more often than was said.
        low, high: 95 % interval of it.
        p: Two-sided, of a slope of 0.
        level: The log-odds by which all months together lie above what was said.
        level_p: Two-sided, of a level of 0.
        ratio: Σ expected / Σ observed; inf where nothing came.
        dispersion: Pearson's χ² of the months over its degrees of freedom, at least 1.
        months: Oldest first, those without a forecast left out.
    """

    slope: float
    low: float
    high: float
    p: float
    level: float
    level_p: float
    ratio: float
    dispersion: float
    months: tuple[Month, ...]

    @property
    def drifts(self) -> bool:
        """Whether the slope is clear of looking every week."""
        return self.p < THRESHOLD

    @property
    def off(self) -> bool:
        """Whether the level is clear of looking every week."""
        return self.level_p < THRESHOLD


def calibration_trend(outcome: Any, chance: Any, month: Any) -> Trend | None:
    """Regress outcomes on the month, with the forecast's log-odds as offset.

    logit P(y = 1) = a + b · (month − mean month) + logit p, by maximum likelihood; right forecasts
    have a = b = 0 (D. R. Cox 1958, "Two further applications of a model for binary regression",
    Biometrika 45, 562-565, with time in the place of the slope). Rows of one account in different
    months need no clustering where p is the chance of a month given that the account is still
    there: the likelihood of a discrete-time hazard is the product over months (P. D. Allison 1982,
    "Discrete-time methods for the analysis of event histories", Sociological Methodology 13,
    61-98). What a month has of its own would make months differ by more than chance: then variances
    are multiplied by the dispersion and t on months − 2 degrees of freedom takes the place of z (P.
    McCullagh and J. A. Nelder 1989, Generalized Linear Models, 2nd ed., §4.5).

    Args:
        outcome: (n,) 1 where it came in the month, else 0.
        chance: (n,) what had been said of that month.
        month: (n,) whole number of the month.

    Returns:
        None with fewer than `MONTHS` months or `EVENTS` events.
    """
    if not np.size(outcome):
        return None
    y, p, _ = weighted(outcome, chance, None)
    at = np.asarray(month, dtype=np.int64)
    months = months_of(y, p, at)
    if len(months) < MONTHS or y.sum() < EVENTS or y.min() == 1.0:
        return None
    offset = np.asarray(logit(np.clip(p, _FLOOR, 1.0 - _FLOOR)), dtype=float)
    time = at - at.mean()
    flat, _ = _fit(np.ones((y.size, 1)), y, offset)
    point, information = _fit(np.stack([np.ones(y.size), time], axis=1), y, offset)
    spread = _dispersion(y, expit(offset + point[0] + point[1] * time), at)
    errors = np.sqrt(np.diag(np.linalg.inv(information)) * spread)
    degrees = float(len(months) - 2) if spread > 1.0 else np.inf
    reach = _reach(degrees) * errors[1]
    level, level_error = float(flat[0]), float(errors[0])
    return Trend(
        slope=float(point[1]),
        low=float(point[1] - reach),
        high=float(point[1] + reach),
        p=_two_sided(float(point[1] / errors[1]), degrees),
        level=level,
        level_p=_two_sided(level / level_error, degrees),
        ratio=float(p.sum() / y.sum()),
        dispersion=float(spread),
        months=months,
    )


def months_of(outcome: Floats, chance: Floats, month: Ints) -> tuple[Month, ...]:
    """The rows summed month by month, oldest first."""
    keys, at = np.unique(month, return_inverse=True)
    rows, said, came = np.bincount(at), np.bincount(at, chance), np.bincount(at, outcome)
    parts = (keys.tolist(), rows.tolist(), said.tolist(), came.astype(int).tolist())
    return tuple(Month(*row) for row in zip(*parts, strict=True))


def _dispersion(outcome: Floats, fitted: Floats, month: Ints) -> float:
    """Σ (came − fitted)²/variance over the months, over months − 2; at least 1."""
    at = np.unique(month, return_inverse=True)[1]
    off = np.bincount(at, outcome - fitted)
    variance = np.maximum(np.bincount(at, fitted * (1.0 - fitted)), 1e-12)
    return max(1.0, float((np.square(off) / variance).sum()) / (off.size - 2))


def _two_sided(z: float, degrees: float) -> float:
    return float(2.0 * stdtr(degrees, -abs(z)))


def _reach(degrees: float) -> float:
    """The 97.5 % quantile of t, of the normal for infinite degrees."""
    return float(ndtri(0.975) if np.isinf(degrees) else stdtrit(degrees, 0.975))


def _fit(design: Floats, y: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Newton's method with halved steps where it overshoots; the point and its information."""

    def loss(point: Floats) -> float:
        z = offset + design @ point
        return float((np.logaddexp(0.0, z) - y * z).sum())

    point = np.zeros(design.shape[1])
    best, information = loss(point), np.eye(point.size)
    for _ in range(_STEPS):
        fitted = expit(offset + design @ point)
        information = (design.T * (fitted * (1.0 - fitted))) @ design
        step = np.linalg.solve(information, design.T @ (y - fitted))
        while loss(point + step) > best + 1e-12 and np.abs(step).max() > 1e-12:
            step = step / 2.0
        point, best = point + step, loss(point + step)
        if np.abs(step).max() < 1e-10:
            break
    return point, information
