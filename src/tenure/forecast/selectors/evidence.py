"""How good the forecasts are: trainings, backtests, the record, notices."""

from dataclasses import dataclass
from typing import Any

from tenure.forecast.models import (
    BacktestResult,
    ForecastNotice,
    ForecastRun,
    HealthComparison,
    RunStatus,
    TrackRecord,
)


def live_run() -> ForecastRun | None:
    """The run whose model predicts now."""
    return ForecastRun.objects.filter(status=RunStatus.LIVE).first()


def runs(limit: int = 50) -> list[ForecastRun]:
    """Trainings, newest first; replays of the past left out."""
    rows = ForecastRun.objects.exclude(status=RunStatus.REPLAY)
    return list(rows.order_by("-as_of", "-pk")[:limit])


@dataclass(frozen=True)
class Backtests:
    """`pooled`: every method at every horizon; `by_day` and `by_segment` at the main horizon."""

    run: ForecastRun | None
    horizon: int
    pooled: tuple[BacktestResult, ...]
    by_day: tuple[BacktestResult, ...]
    by_segment: tuple[BacktestResult, ...]

    def of(self, method: str, horizon: int | None = None) -> BacktestResult | None:
        """A method's pooled result."""
        wanted = (method, horizon or self.horizon)
        return next((r for r in self.pooled if (r.method, r.horizon) == wanted), None)


def backtests(run: ForecastRun | None = None) -> Backtests:
    """All results of a run (the live one)."""
    chosen = run or live_run()
    if chosen is None:
        return Backtests(None, 0, (), (), ())
    rows = list(BacktestResult.objects.filter(run=chosen).order_by("horizon", "origin", "pk"))
    horizon = int(chosen.parameters["definition"]["backtest_horizon"])
    return Backtests(
        run=chosen,
        horizon=horizon,
        pooled=tuple(r for r in rows if r.origin is None and not r.segment),
        by_day=tuple(r for r in rows if r.origin is not None),
        by_segment=tuple(r for r in rows if r.segment),
    )


def calibration(
    run: ForecastRun | None = None, horizon: int | None = None, method: str = "forecast"
) -> list[dict[str, Any]]:
    """Points of the calibration plot: predicted, observed, low, high, rows."""
    found = backtests(run).of(method, horizon)
    return [] if found is None else list(found.bins)


def lift(
    run: ForecastRun | None = None, horizon: int | None = None
) -> dict[str, list[dict[str, float]]]:
    """Method → share of churn found by share of accounts looked at."""
    told = backtests(run)
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


def health_comparison(run: ForecastRun | None = None) -> HealthComparison | None:
    """Hand-set and learned weights of health, and how well each ranks who churns."""
    chosen = run or live_run()
    return None if chosen is None else HealthComparison.objects.filter(run=chosen).first()


def notices(*, open_only: bool = True) -> list[ForecastNotice]:
    """What gives concern, newest first."""
    rows = ForecastNotice.objects.select_related("run").order_by("-raised_at", "-pk")
    return list(rows.filter(over_at__isnull=True) if open_only else rows)
