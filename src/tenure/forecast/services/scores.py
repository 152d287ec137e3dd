"""Scores of one method's chances against what came, with intervals, as they are stored."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine import scoring
from tenure.forecast.inputs.days import Floats

DRAWS, BINS = 200, 10
LIFT_STEPS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Scored:
    """n rows: whose, what came within the horizon (1, 0), in which month (0: not), the chance."""

    account: NDArray[np.int64]
    came: Floats
    month: NDArray[np.int64]
    chance: Floats

    def take(self, rows: Any) -> "Scored":
        """Some rows."""
        return Scored(self.account[rows], self.came[rows], self.month[rows], self.chance[rows])

    @property
    def mixed(self) -> bool:
        """Whether both outcomes are there."""
        return bool(self.came.size and 0 < self.came.sum() < self.came.size)


def scores_of(rows: Scored, capacity: float, draws: int = DRAWS) -> dict[str, Any]:
    """Name → [value, low, high], None where it cannot be said."""
    if not rows.came.size:
        return {}
    places = max(round(capacity * rows.came.size), 1)
    found: dict[str, Any] = {
        "log_loss": _interval(scoring.log_loss, rows, draws),
        "brier": _interval(scoring.brier, rows, draws),
        "predicted": [float(rows.chance.mean()), None, None],
        "actual": [float(rows.came.mean()), None, None],
    }
    if rows.mixed:
        again = scoring.recalibration(rows.came, rows.chance)
        found["slope"] = _around(again.slope, again.slope_error)
        found["auc"] = _interval(scoring.auc, rows, draws)
        found["lift"] = _interval(lambda y, p: scoring.lift(y, p, places), rows, draws)
        found["found"] = _interval(lambda y, p: scoring.gain(y, p, places), rows, draws)
        found["lead_months"] = _lead(rows, places)
    return {name: _plain(value) for name, value in found.items()}


def _interval(metric: scoring.resampling.Metric, rows: Scored, draws: int) -> list[float]:
    def statistic(at: NDArray[np.int64]) -> float:
        y = rows.came[at]
        one_sided = metric is scoring.auc and not 0 < y.sum() < y.size
        return float("nan") if one_sided else metric(y, rows.chance[at])

    if draws == 0:
        return [statistic(np.arange(rows.came.size)), float("nan"), float("nan")]
    estimate = scoring.bootstrap(statistic, rows.account, draws=draws)
    return [estimate.value, estimate.low, estimate.high]


def _around(value: float, error: float) -> list[float]:
    return [value, value - 1.96 * error, value + 1.96 * error]


def _lead(rows: Scored, places: int) -> list[float]:
    """Months between the test date and the churn of those found: median and quartiles."""
    found = (scoring.chosen(rows.chance, places) >= 0.5) & (rows.came > 0)
    if not found.any():
        return [float("nan")] * 3
    low, middle, high = np.quantile(rows.month[found], [0.25, 0.5, 0.75])
    return [float(middle), float(low), float(high)]


def worse_by(method: Scored, forecast: Scored) -> list[float | None]:
    """Log loss of a method minus that of the forecast on the same rows; above 0: it is worse."""
    gap = scoring.paired_difference(
        scoring.log_loss, method.came, method.chance, forecast.chance, method.account, draws=DRAWS
    )
    return _plain([gap.value, gap.low, gap.high])


def bins_of(rows: Scored) -> list[dict[str, Any]]:
    """The points of a calibration plot."""
    if not rows.came.size:
        return []
    bins = scoring.calibration_bins(rows.came, rows.chance, BINS)
    parts = (bins.predicted, bins.actual, bins.low, bins.high, bins.rows)
    names = ("predicted", "observed", "low", "high", "rows")
    table = zip(*(part.tolist() for part in parts), strict=True)
    return [dict(zip(names, row, strict=True)) for row in table]


def lift_of(rows: Scored) -> list[dict[str, float]]:
    """Share of churn found in each share of accounts looked at."""
    if not rows.mixed:
        return []
    size = rows.came.size
    return [
        {"share": share, "found": scoring.gain(rows.came, rows.chance, max(round(share * size), 1))}
        for share in LIFT_STEPS
    ]


def _plain(values: list[float]) -> list[float | None]:
    return [round(v, 6) if v is not None and np.isfinite(v) else None for v in values]
