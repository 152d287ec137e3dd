"""The rows that the page reads: few, and all of them of whole runs, never of single accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from tenure.engine.panel.rows import CHURN
from tenure.forecast.models import BacktestResult, ForecastRun, RunStatus, TrackRecord
from tenure.forecast.selectors import Backtests, backtests, live_run
from tenure.forecast.selectors.evidence import FEW_EVENTS
from tenure.web.evidence.methods import FORECAST, in_order

LIVE, REPLAY = "live", "replay"


@dataclass(frozen=True)
class Backtest:
    """The stored results of one run for one cause, looked at for `horizon` months.

    `segment`: only the accounts that were of it at their test dates; "" for all. Test dates and
    segments have results for the run's main horizon, `told.horizon`, alone.
    """

    told: Backtests
    horizon: int
    segment: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.told.pooled

    @cached_property
    def horizons(self) -> list[int]:
        """Those that have results over all test dates."""
        return sorted({row.horizon for row in self.told.pooled})

    @cached_property
    def pooled(self) -> list[BacktestResult]:
        """Over all test dates, of all accounts or those of the segment, one for each method."""
        if self.segment:
            own = [row for row in self.told.by_segment if row.segment == self.segment]
        else:
            own = [row for row in self.told.pooled if row.horizon == self.horizon]
        return sorted(own, key=lambda row: in_order(row.method))

    @cached_property
    def forecast(self) -> BacktestResult | None:
        """The pooled result of the forecast itself."""
        return self.method(FORECAST.key)

    @cached_property
    def by_origin(self) -> Mapping[date, Mapping[str, BacktestResult]]:
        """Test date → method → result, oldest date first."""
        found: dict[date, dict[str, BacktestResult]] = {}
        for row in sorted(self.told.by_day, key=lambda row: row.origin or date.min):
            if row.origin is not None:
                found.setdefault(row.origin, {})[row.method] = row
        return found

    @cached_property
    def by_segment(self) -> list[BacktestResult]:
        """The forecast's results segment by segment, largest first."""
        rows = [row for row in self.told.by_segment if row.method == FORECAST.key]
        return sorted(rows, key=lambda row: (-row.rows, row.segment))

    def method(self, key: str) -> BacktestResult | None:
        """The pooled result of one method."""
        return next((row for row in self.pooled if row.method == key), None)

    @property
    def events(self) -> int:
        """Rows in which it came; rows of one account may overlap."""
        return self.forecast.events if self.segment and self.forecast else self.told.events

    @property
    def too_few(self) -> bool:
        """Whether it came too rarely to judge a forecast by."""
        return self.events < FEW_EVENTS


def shown_run() -> ForecastRun | None:
    """The live run; while none is live, the newest that tried to be."""
    newest = ForecastRun.objects.exclude(status=RunStatus.REPLAY).order_by("-pk")
    return live_run() or newest.first()


def capacity_of(run: ForecastRun) -> float:
    """The share of accounts that the team could look after, as set when the run was made."""
    return float(run.parameters["definition"]["capacity_share"])


def backtest_of(
    run: ForecastRun, horizon: int | None = None, cause: str = CHURN, segment: str = ""
) -> Backtest:
    """What was stored of a run's backtest; of its main horizon where the one asked has none, and
    of all accounts where the segment asked has none.
    """
    told = backtests(run, cause)
    if segment and any(row.segment == segment for row in told.by_segment):
        return Backtest(told, told.horizon, segment)
    there = {row.horizon for row in told.pooled}
    return Backtest(told, horizon if horizon in there and horizon else told.horizon)


def record_days(source: str, days: int) -> dict[date, list[TrackRecord]]:
    """Day of scoring → records by horizon, newest day first."""
    own = TrackRecord.objects.filter(source=source)
    newest = list(own.order_by("-as_of").values_list("as_of", flat=True).distinct()[:days])
    found: dict[date, list[TrackRecord]] = {day: [] for day in newest}
    for row in own.filter(as_of__in=newest).order_by("horizon"):
        found[row.as_of].append(row)
    return found


def all_runs() -> QuerySet[ForecastRun]:
    """Every run, replays of the past too, newest first."""
    return ForecastRun.objects.order_by("-pk")
