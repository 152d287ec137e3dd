"""A fitted panel model and its forecasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.drivers import Drivers, contributions, group
from tenure.engine.hazards.lowering import Lower, lowers
from tenure.engine.hazards.model import CauseModel, limits, survival_of
from tenure.engine.hazards.report import Report
from tenure.engine.hazards.storing import pack, unpack
from tenure.engine.hazards.threads import one_thread
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats

_PART = 4096


def finite(panel: Panel, horizons: int) -> Panel:
    """The panel with infinite values as absent ones and H months ahead."""
    features = np.where(np.isfinite(panel.features), panel.features, np.nan)
    ahead = panel.ahead[:, :horizons]
    if not panel.ahead_names:
        ahead = np.zeros((len(panel), horizons, 0))
    return replace(panel, features=features, ahead=np.where(np.isfinite(ahead), ahead, np.nan))


@dataclass(frozen=True)
class Forecast:
    """What is to come of n rows in each of H months.

    Attributes:
        causes: Names, the first is the one that ends the account's time (churn).
        survival: (n, H) probability that the first cause has not come through month h; never
            rises. 1 − survival[:, h − 1] is the h-month churn probability.
        low, high: (n, H) 90 % interval of it for what is not known of the parameters and their
            calibration.
        hazards: Per cause (n, H): probability that it comes in month h, of an account that is
            still there and has not had it yet.
    """

    causes: tuple[str, ...]
    survival: Floats
    low: Floats
    high: Floats
    hazards: tuple[Floats, ...]

    def hazard(self, cause: str) -> Floats:
        """(n, H) monthly hazard of a cause."""
        return self.hazards[self.causes.index(cause)]

    def incidence(self, cause: str) -> Floats:
        """(n, H) probability that the first arrival of a cause came through month h.

        Σ_{m ≤ h} λ(m) · S(m − 1) · Π_{j < m} (1 − λ(j)): the account has to be there. For the
        first cause it is 1 − survival.
        """
        if cause == self.causes[0]:
            return 1.0 - self.survival
        hazard = self.hazard(cause)
        ones = np.ones((hazard.shape[0], 1))
        there = np.concatenate([ones, self.survival[:, :-1]], axis=1)
        not_yet = np.concatenate([ones, np.cumprod(1.0 - hazard, axis=1)[:, :-1]], axis=1)
        return np.cumsum(hazard * there * not_yet, axis=1)


@dataclass(frozen=True)
class Fitted:
    """Models of all causes. `horizons`: H, the months ahead that are forecast.

    `quartiles` (p, 2): lower and upper quartile of each feature among the rows of the fit.
    """

    horizons: int
    names: tuple[str, ...]
    ahead_names: tuple[str, ...]
    models: tuple[CauseModel, ...]
    quartiles: Floats
    report: Report

    @one_thread
    def predict(self, panel: Panel) -> Forecast:
        """Forecast any rows with the same features; what came of them is not looked at.

        Raises:
            ValueError: Features or known-ahead values are not those of the fit.
        """
        parts = [self._predict(rows) for rows in self._rows(panel)]
        low, high = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        etas = [np.concatenate([part[2][k] for part in parts]) for k in range(len(self.models))]
        return Forecast(
            causes=tuple(model.cause for model in self.models),
            survival=survival_of(etas[0]),
            low=low,
            high=high,
            hazards=tuple(chance_of(eta) for eta in etas),
        )

    def _predict(self, rows: Panel) -> tuple[Floats, Floats, list[Floats]]:
        scored = [model.score(rows, self.horizons) for model in self.models]
        deviation = self.models[0].deviation(rows, scored[0])
        low, high = limits(scored[0].log_odds, deviation)
        return low, high, [one.log_odds for one in scored]

    @one_thread
    def drivers(
        self,
        panel: Panel,
        horizon: int = 12,
        cause: str | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> Drivers:
        """Why: contributions of features to the log-odds of the cause coming within `horizon`.

        Args:
            panel: n rows.
            horizon: Months, at most the H of the fit.
            cause: The first when None.
            groups: Name → features (or known-ahead values) whose contributions are summed; a
                feature in no group stands for itself.
        """
        months = max(1, min(horizon, self.horizons))
        model = self.model(cause)
        parts = [contributions(model, rows, months) for rows in self._rows(panel)]
        values, base = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        names, values = group((*self.names, *self.ahead_names), values, groups or {})
        return Drivers(names, values, base)

    @one_thread
    def lowers(
        self,
        row: Panel,
        actionable: Sequence[str] | None = None,
        horizon: int = 12,
        cause: str | None = None,
    ) -> tuple[Lower, ...]:
        """What would lower the risk of one account, best first: see `Lower`.

        Args:
            row: A panel of one row.
            actionable: Features that somebody can do something about; all when None.
            horizon: Months, at most the H of the fit.
            cause: The first when None.

        Raises:
            ValueError: The panel has not one row.
        """
        if len(row) != 1:
            raise ValueError("One account at a time.")
        clean = self._rows(row)[0]
        names = self.names if actionable is None else actionable
        features = [self.names.index(name) for name in names]
        months = max(1, min(horizon, self.horizons))
        return lowers(self.model(cause), clean, features, self.quartiles, months)

    def model(self, cause: str | None = None) -> CauseModel:
        """The model of one cause; of the first when None."""
        causes = [model.cause for model in self.models]
        return self.models[0 if cause is None else causes.index(cause)]

    def _rows(self, panel: Panel) -> list[Panel]:
        """The rows in parts that fit the processor's cache, at least one part."""
        if panel.names != self.names or panel.ahead_names != self.ahead_names:
            raise ValueError("The panel's features are not those that the model was fitted to.")
        if self.ahead_names and panel.horizons < self.horizons:
            raise ValueError(f"The panel must know {self.horizons} months ahead.")
        clean = finite(panel, self.horizons)
        firsts = range(0, max(len(clean), 1), _PART)
        return [clean.take(slice(first, first + _PART)) for first in firsts]

    def to_bytes(self) -> bytes:
        """All of it, for `load`: JSON, arrays and the boosting library's own text; no pickle."""
        return pack({field.name: getattr(self, field.name) for field in fields(self)})


def load(blob: bytes) -> Fitted:
    """A model from `Fitted.to_bytes`; its forecasts are the same to the last bit.

    Raises:
        ValueError: The bytes are no such model, or of another version.
    """
    return Fitted(**unpack(blob))
