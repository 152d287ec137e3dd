"""The fitted model of one cause."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import Base, chance_of, months_of
from tenure.engine.hazards.choosing import Calibration
from tenure.engine.hazards.report import CauseReport
from tenure.engine.hazards.ridge import Ridge
from tenure.engine.hazards.spread import Z90, Spread
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats


@dataclass(frozen=True)
class CauseModel:
    """log-odds = base + shift + slope · (w_ridge · ridge + w_boosted · boosted).

    Without a signal there is neither ridge nor boosted, and everybody gets the base.
    """

    cause: str
    base: Base
    ridge: Ridge | None
    calibration: Calibration
    spread: Spread | None
    report: CauseReport

    def scores(self, panel: Panel, horizons: int) -> Floats:
        """(n, H) blended log-odds beyond the base rate, before recalibration."""
        out = np.zeros((len(panel), horizons))
        if self.ridge is not None:
            out += self.report.weights["ridge"] * self.ridge.scores(panel, horizons)
        return out

    def base_log_odds(self, panel: Panel, horizons: int) -> Floats:
        """(n, H) log-odds of the base rate in each row's months."""
        months = np.arange(1, horizons + 1)
        return self.base.log_odds(months_of(panel)[:, None], months[None, :])

    def log_odds(self, panel: Panel, horizons: int) -> tuple[Floats, Floats]:
        """(n, H) of the monthly hazard, and the scores that went into them."""
        score = self.scores(panel, horizons)
        c = self.calibration
        return self.base_log_odds(panel, horizons) + c.shift + c.slope * score, score

    def deviation(self, panel: Panel, score: Floats) -> Floats:
        """(n, H) standard deviation of the log-odds, of parameters and recalibration."""
        horizons = score.shape[1]
        variance = np.zeros(score.shape)
        if self.spread is not None:
            variance += np.square(self.spread.deviation(panel, self.base, horizons))
        c = self.calibration.spread
        average = np.cumsum(score, axis=1) / np.arange(1, horizons + 1)
        variance += np.maximum(c[1, 1] * np.square(average), 0.0)
        return np.sqrt(variance)


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
