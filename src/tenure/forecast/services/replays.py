"""Replays: the model of a past day, made from what was known then and asked from there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from tenure.engine.panel import Panel
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs.days import Floats
from tenure.forecast.services.learning import Learned, learn
from tenure.forecast.services.methods import FORECAST, rivals


@dataclass(frozen=True)
class Replay:
    """One past date: the model of then, what was known then, and the rows it was asked about."""

    day: date
    learned: Learned
    known: Panel
    asked: Panel
    forecast: Any

    @property
    def survival(self) -> Floats:
        """P(still paying after m months) of `asked`, (n, H)."""
        return np.asarray(self.forecast.survival)

    def chances(self, horizon: int, cause: str) -> dict[str, Floats | None]:
        """Method → chance that a cause comes within the horizon, of `asked`."""
        said = np.asarray(self.forecast.incidence(cause)[:, horizon - 1])
        return {
            FORECAST: said,
            **rivals(self.known, self.asked, horizon, self.learned.names, cause),
        }


def replay(panel: Panel, day: date, definition: ForecastDefinition) -> Replay:
    """Train on a panel's rows before its last day and predict from that day on."""
    last = np.datetime64(day, "D")
    known, asked = panel.take(panel.origin < last), panel.take(panel.origin == last)
    learned = learn(known, definition)
    return Replay(day, learned, known, asked, learned.fitted.predict(learned.rows(asked)))
