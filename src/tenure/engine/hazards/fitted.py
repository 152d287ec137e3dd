"""A fitted panel model and its forecasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from tenure.engine.hazards.arrivals import incidence_limits, incidence_of
from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.drivers import Drivers, contributions, group
from tenure.engine.hazards.lowering import Lowers, Move, lowers
from tenure.engine.hazards.model import CauseModel, Scored, limits, survival_of
from tenure.engine.hazards.report import Report
from tenure.engine.hazards.steadiness import steadiness
from tenure.engine.hazards.storing import pack, unpack
from tenure.engine.hazards.threads import one_thread, side_by_side
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
        ranges: Cause → (n, 2) 90 % interval of its incidence by the month that was asked for;
            empty where none was.
    """

    causes: tuple[str, ...]
    survival: Floats
    low: Floats
    high: Floats
    hazards: tuple[Floats, ...]
    ranges: Mapping[str, Floats] = field(default_factory=dict)

    def hazard(self, cause: str) -> Floats:
        """(n, H) monthly hazard of a cause."""
        return self.hazards[self.causes.index(cause)]

    def incidence(self, cause: str) -> Floats:
        """(n, H) probability that the first arrival of a cause came through month h.

        The account has to be there; see `arrivals`. For the first cause it is 1 − survival.
        """
        if cause == self.causes[0]:
            return 1.0 - self.survival
        return incidence_of(self.hazard(cause), self.survival)


@dataclass(frozen=True)
class Fitted:
    """Models of all causes. `horizons`: H, the months ahead that are forecast."""

    horizons: int
    names: tuple[str, ...]
    ahead_names: tuple[str, ...]
    models: tuple[CauseModel, ...]
    report: Report

    @one_thread
    def predict(self, panel: Panel, ranged: int | None = None) -> Forecast:
        """Forecast any rows with the same features; what came of them is not looked at.

        Args:
            panel: n rows.
            ranged: The month (at most H counts) by which the causes after the first get an
                interval of their incidence, too.

        Raises:
            ValueError: Features or known-ahead values are not those of the fit.
        """
        parts = side_by_side(lambda rows: self._predict(rows, ranged), self._rows(panel))
        low, high = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        etas = [np.concatenate([part[2][k] for part in parts]) for k in range(len(self.models))]
        return Forecast(
            causes=tuple(model.cause for model in self.models),
            survival=survival_of(etas[0]),
            low=low,
            high=high,
            hazards=tuple(chance_of(eta) for eta in etas),
            ranges={
                cause: np.concatenate([part[3][cause] for part in parts]) for cause in parts[0][3]
            },
        )

    def _predict(
        self, rows: Panel, ranged: int | None
    ) -> tuple[Floats, Floats, list[Floats], dict[str, Floats]]:
        scored = [model.score(rows, self.horizons) for model in self.models]
        deviation = self.models[0].deviation(rows, scored[0])
        low, high = limits(scored[0].log_odds, deviation)
        ranges = {}
        if ranged is not None:
            month = max(1, min(ranged, self.horizons))
            leaving = deviation[:, month - 1]
            ranges = self._ranges(rows, scored, month, leaving)
        return low, high, [one.log_odds for one in scored], ranges

    def _ranges(
        self, rows: Panel, scored: list[Scored], month: int, leaving_sd: Floats
    ) -> dict[str, Floats]:
        """Cause → (n, 2) by the month, of all causes after the first."""
        leaving = scored[0].log_odds[:, :month]
        return {
            model.cause: incidence_limits(
                one.log_odds[:, :month],
                leaving,
                model.deviation_at(rows, one, month),
                leaving_sd,
            )
            for model, one in zip(self.models[1:], scored[1:], strict=True)
        }

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
        parts = side_by_side(lambda rows: contributions(model, rows, months), self._rows(panel))
        values, base = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        names, values = group((*self.names, *self.ahead_names), values, groups or {})
        return Drivers(names, values, base)

    @one_thread
    def steadiness(
        self,
        panel: Panel,
        groups: Sequence[Sequence[int]],
        shown: Floats,
        top: int,
        horizon: int = 12,
    ) -> Floats:
        """In what share of resamples a driver of the first cause would be told again, (n, d).

        Args:
            panel: n rows.
            groups: Places of each of the d drivers among the features and known-ahead values.
            shown: (n, d) contributions of the drivers as they are told, of the same horizon.
            top: Told are the so many largest of a row.
            horizon: Months, at most the H of the fit.
        """
        months = max(1, min(horizon, self.horizons))
        found, first = [], 0
        for rows in self._rows(panel):
            part = shown[first : first + len(rows)]
            found.append(steadiness(self.models[0], rows, months, groups, part, top))
            first += len(rows)
        return np.concatenate(found)

    @one_thread
    def lowers(
        self,
        panel: Panel,
        moves: Sequence[Move],
        horizon: int = 12,
        cause: str | None = None,
        least: float = 1e-12,
    ) -> Lowers:
        """What would lower the risk: moves of features, each tried by itself; see `Lowers`.

        Args:
            panel: n rows.
            moves: What is tried; goals (n,).
            horizon: Months, at most the H of the fit.
            cause: The first when None.
            least: By how much the probability has to fall.
        """
        self._same(panel)
        months = max(1, min(horizon, self.horizons))
        return lowers(self.model(cause), finite(panel, self.horizons), moves, months, least)

    def model(self, cause: str | None = None) -> CauseModel:
        """The model of one cause; of the first when None."""
        causes = [model.cause for model in self.models]
        return self.models[0 if cause is None else causes.index(cause)]

    def _rows(self, panel: Panel) -> list[Panel]:
        """The rows in parts that fit the processor's cache, at least one part."""
        self._same(panel)
        clean = finite(panel, self.horizons)
        firsts = range(0, max(len(clean), 1), _PART)
        return [clean.take(slice(first, first + _PART)) for first in firsts]

    def _same(self, panel: Panel) -> None:
        if panel.names != self.names or panel.ahead_names != self.ahead_names:
            raise ValueError("The panel's features are not those that the model was fitted to.")
        if self.ahead_names and panel.horizons < self.horizons:
            raise ValueError(f"The panel must know {self.horizons} months ahead.")

    def to_bytes(self) -> bytes:
        """All of it, for `load`: JSON, arrays and the boosting library's own text; no pickle."""
        return pack({one.name: getattr(self, one.name) for one in fields(self)})


def load(blob: bytes) -> Fitted:
    """A model from `Fitted.to_bytes`; its forecasts are the same to the last bit.

    Raises:
        ValueError: The bytes are no such model, or of another version.
    """
    content = unpack(blob)
    return Fitted(**{one.name: content[one.name] for one in fields(Fitted)})
