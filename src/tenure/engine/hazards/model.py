"""The fitted model of one cause."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import Base, chance_of, months_of
from tenure.engine.hazards.boosted import Boosted
from tenure.engine.hazards.choosing import Calibration
from tenure.engine.hazards.periods import Stretches, stretches
from tenure.engine.hazards.report import BOOSTED, RIDGE, CauseReport
from tenure.engine.hazards.ridge import Ridge
from tenure.engine.hazards.spread import Z90, Spread
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats


@dataclass(frozen=True)
class Scored:
    """Monthly log-odds of the hazard, and what they were made of, all (n, H).

    `score`: beyond the base, before recalibration. `apart`: variance between ridge and boosted.
    """

    log_odds: Floats
    score: Floats
    apart: Floats


@dataclass(frozen=True)
class Resamples:
    """The model refitted `count` times, each time to as many accounts drawn with replacement.

    `betas` (count, size): coefficients on the design of the ridge, without rows where it takes no
    part; `forests`: the trees of each, none where they take no part.
    """

    count: int
    betas: Floats
    forests: tuple[Boosted, ...]


@dataclass(frozen=True)
class CauseModel:
    """log-odds = base + shift + slope · (w_ridge · ridge + w_boosted · boosted).

    Without a signal there is neither ridge nor boosted, and everybody gets the base. `resamples`:
    of the first cause, where they were asked for.
    """

    cause: str
    base: Base
    ridge: Ridge | None
    boosted: Boosted | None
    calibration: Calibration
    spread: Spread | None
    report: CauseReport
    resamples: Resamples | None = None

    def weight(self, part: str) -> float:
        """Share of ridge or boosted in the score."""
        return float(self.report.weights.get(part, 0.0))

    def score(self, panel: Panel, horizons: int) -> Scored:
        """The hazards of n rows in months 1…`horizons`."""
        zero = np.zeros((len(panel), horizons))
        linear = zero if self.ridge is None else self.ridge.scores(panel, horizons)
        trees = zero
        if self.boosted is not None:
            trees = self.boosted.scores(panel, stretches(panel, horizons))
        a, b = self.weight(RIDGE), self.weight(BOOSTED)
        score = a * linear + b * trees
        months = np.arange(1, horizons + 1)
        base = self.base.log_odds(months_of(panel)[:, None], months[None, :])
        c = self.calibration
        apart = a * b * np.square(c.slope * (linear - trees))
        return Scored(base + c.shift + c.slope * score, score, apart)

    def deviation(self, panel: Panel, scored: Scored) -> Floats:
        """(n, H) standard deviation of the log-odds averaged over months 1…h.

        Of parameters, of recalibration, of the disagreement of the blended models and of how far
        the general level may walk in months that nobody has seen yet.
        """
        horizons = scored.score.shape[1]
        months = np.arange(1, horizons + 1)
        variance = np.cumsum(scored.apart, axis=1) / months
        if self.spread is not None:
            variance += np.square(self.spread.deviation(panel, self.base, horizons))
        variance += self.base.drifted(months_of(panel), horizons)
        average = np.cumsum(scored.score, axis=1) / months
        variance += self.calibration.spread[1, 1] * np.square(average)
        return np.sqrt(variance)

    def deviation_at(self, panel: Panel, scored: Scored, month: int) -> Floats:
        """(n,) the same of months 1…`month` alone, at a fraction of the work."""
        variance = scored.apart[:, :month].mean(axis=1)
        if self.spread is not None:
            variance += np.square(self.spread.deviation_at(panel, self.base, month))
        variance += self.base.drifted(months_of(panel), month)[:, -1]
        average = scored.score[:, :month].mean(axis=1)
        variance += self.calibration.spread[1, 1] * np.square(average)
        return np.asarray(np.sqrt(variance))

    def contributions(self, panel: Panel, at: Stretches) -> Floats:
        """(p + q, stretches) of features and known-ahead values to the log-odds."""
        p, q = len(panel.names), len(panel.ahead_names)
        out = np.zeros((p + q, at.row.size))
        slope = self.calibration.slope
        if self.ridge is not None:
            out += slope * self.weight(RIDGE) * self.ridge.contributions(panel, at)
        if self.boosted is not None:
            trees = self.boosted.contributions(panel, at)
            out += slope * self.weight(BOOSTED) * np.delete(trees, p, axis=0)
        return out


def survival_of(eta: Floats) -> Floats:
    """S(h) = Π_{m ≤ h} (1 − λ(m)) from monthly log-odds, (n, H); never rises."""
    return np.asarray(np.exp(-np.cumsum(np.logaddexp(0.0, eta), axis=1)))


def limits(eta: Floats, deviation: Floats, z: float = Z90) -> tuple[Floats, Floats]:
    """Low and high of survival, (n, H), each never rising.

    The log of the cumulative hazard is moved by ± z · deviation · Σλ/Σ −ln(1 − λ), its first-order
    change when the log-odds of all months move together.
    """
    rate = np.cumsum(np.logaddexp(0.0, eta), axis=1)
    pull = np.cumsum(chance_of(eta), axis=1) / np.maximum(rate, 1e-300)
    step = z * deviation * pull
    low = np.minimum.accumulate(np.exp(-rate * np.exp(step)), axis=1)
    high = np.exp(-rate * np.exp(-step))
    high = np.maximum.accumulate(high[:, ::-1], axis=1)[:, ::-1]
    return low, high
