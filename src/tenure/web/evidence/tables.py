"""The tables of a backtest: methods beside each other, test dates, segments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenure.forecast.models import BacktestResult
from tenure.web.evidence.measures import MEASURES, Figure, figure, figures
from tenure.web.evidence.methods import Method, method_of
from tenure.web.evidence.stored import Backtest

EXTRA = ("predicted", "actual", "found", "lift", "lead_months", "uno_c", "ipcw_brier")


@dataclass(frozen=True)
class MethodRow:
    """One method over all test dates."""

    method: Method
    rows: int
    events: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class OriginRow:
    """One test date: how many accounts, how many events, and a figure for each method."""

    origin: date
    rows: int
    events: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class SegmentRow:
    """One segment over all test dates, by the forecast."""

    name: str
    rows: int
    events: int
    figures: tuple[Figure, ...]


def method_rows(backtest: Backtest, keys: Sequence[str]) -> list[MethodRow]:
    """The methods beside each other, the forecast first."""
    return [
        MethodRow(method_of(row.method), row.rows, row.events, figures(row.metrics, keys))
        for row in backtest.pooled
    ]


def origin_rows(backtest: Backtest, key: str, methods: Sequence[str]) -> list[OriginRow]:
    """Test dates, newest first, with one figure of each method."""
    rows = []
    for day, by_method in reversed(list(backtest.by_origin.items())):
        any_row = next(iter(by_method.values()))
        told = tuple(
            figure(by_method[m].metrics if m in by_method else {}, MEASURES[key]) for m in methods
        )
        rows.append(OriginRow(day, any_row.rows, any_row.events, told))
    return rows


def extra_rows(row: BacktestResult | None) -> list[Figure]:
    """What only the forecast can be asked: the whole curve, the lead, and how many were found."""
    found = figures(row.metrics, EXTRA) if row else ()
    return [one for one in found if one.value is not None]


def segment_rows(backtest: Backtest, keys: Sequence[str]) -> list[SegmentRow]:
    """Segments, largest first."""
    return [
        SegmentRow(row.segment, row.rows, row.events, figures(row.metrics, keys))
        for row in backtest.by_segment
    ]
