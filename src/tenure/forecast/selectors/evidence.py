"""How good the forecasts are: trainings, backtests, the record, notices."""

from dataclasses import dataclass
from typing import Any

from tenure.engine.panel.rows import CHURN, CLIENT, CONTRACTION, EXPANSION
from tenure.forecast.models import (
    BacktestResult,
    CalibrationTrend,
    FeatureDrift,
    ForecastNotice,
    ForecastRun,
    HealthComparison,
    RunStatus,
    TrackRecord,
)

CAUSES = (CHURN, CONTRACTION, EXPANSION, CLIENT)
FEW_EVENTS = 10
"""Events over the closed windows below which nothing is said of how good a forecast is."""


def live_run() -> ForecastRun | None:
    """The run whose model predicts now."""
    return ForecastRun.objects.filter(status=RunStatus.LIVE).first()


def runs(limit: int = 50) -> list[ForecastRun]:
    """Trainings, newest first; replays of the past left out."""
    rows = ForecastRun.objects.exclude(status=RunStatus.REPLAY)
    return list(rows.order_by("-as_of", "-pk")[:limit])


@dataclass(frozen=True)
class Backtests:
    """Of one cause. `pooled`: every method at every horizon; `by_day` and `by_segment` at the main
    horizon. `causes`: those that have results, churn first.
    """

    run: ForecastRun | None
    cause: str
    causes: tuple[str, ...]
    horizon: int
    pooled: tuple[BacktestResult, ...]
    by_day: tuple[BacktestResult, ...]
    by_segment: tuple[BacktestResult, ...]

    @property
    def events(self) -> int:
        """Rows of the main horizon in which it came; rows of one account may overlap."""
        row = self.of("forecast")
        return row.events if row else 0

    @property
    def too_few(self) -> bool:
        """Whether it came too rarely to judge a forecast by."""
        return self.events < FEW_EVENTS

    def of(self, method: str, horizon: int | None = None) -> BacktestResult | None:
        """A method's pooled result."""
        wanted = (method, horizon or self.horizon)
        return next((r for r in self.pooled if (r.method, r.horizon) == wanted), None)


def backtests(run: ForecastRun | None = None, cause: str = CHURN) -> Backtests:
    """All results of a run (the live one) for one cause."""
    chosen = run or live_run()
    if chosen is None:
        return Backtests(None, cause, (), 0, (), (), ())
    every = BacktestResult.objects.filter(run=chosen)
    told = set(every.order_by().values_list("cause", flat=True).distinct())
    rows = list(every.filter(cause=cause).order_by("horizon", "origin", "pk"))
    horizon = int(chosen.parameters["definition"]["backtest_horizon"])
    return Backtests(
        run=chosen,
        cause=cause,
        causes=tuple(one for one in CAUSES if one in told),
        horizon=horizon,
        pooled=tuple(r for r in rows if r.origin is None and not r.segment),
        by_day=tuple(r for r in rows if r.origin is not None),
        by_segment=tuple(r for r in rows if r.segment),
    )


def calibration(
    run: ForecastRun | None = None,
    horizon: int | None = None,
    method: str = "forecast",
    cause: str = CHURN,
) -> list[dict[str, Any]]:
    """Points of the calibration plot: predicted, observed, low, high, rows."""
    found = backtests(run, cause).of(method, horizon)
    return [] if found is None else list(found.bins)


def lift(
    run: ForecastRun | None = None, horizon: int | None = None, cause: str = CHURN
) -> dict[str, list[dict[str, float]]]:
    """Method → share of what came that is found by share of accounts looked at."""
    told = backtests(run, cause)
    wanted = horizon or told.horizon
    return {r.method: list(r.lift) for r in told.pooled if r.horizon == wanted and r.lift}


def track_record() -> list[TrackRecord]:
    """The newest records: of predictions made at the time, then of replays; by horizon."""
    found = []
    for source in ("live", "replay"):
        newest = TrackRecord.objects.filter(source=source).order_by("-as_of").first()
        if newest is not None:
            rows = TrackRecord.objects.filter(source=source, as_of=newest.as_of)
            found += list(rows.order_by("horizon"))
    return found


def calibration_trend(source: str = "live") -> CalibrationTrend | None:
    """The newest look at whether observed over predicted churn moves from month to month."""
    return CalibrationTrend.objects.filter(source=source).order_by("-as_of").first()


def feature_drift(run: ForecastRun | None = None) -> FeatureDrift | None:
    """The newest look at how far the inputs have moved since a run (the live one) was trained."""
    chosen = run or live_run()
    rows = FeatureDrift.objects.filter(run=chosen) if chosen else FeatureDrift.objects.none()
    return rows.order_by("-as_of").first()


def health_comparison(run: ForecastRun | None = None) -> HealthComparison | None:
    """Hand-set and learned weights of health, and how well each ranks who churns."""
    chosen = run or live_run()
    return None if chosen is None else HealthComparison.objects.filter(run=chosen).first()


def notices(*, open_only: bool = True) -> list[ForecastNotice]:
    """What gives concern, newest first."""
    rows = ForecastNotice.objects.select_related("run").order_by("-raised_at", "-pk")
    return list(rows.filter(over_at__isnull=True) if open_only else rows)
