"""The rolling-origin backtest: what would have been predicted on past dates, and what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine import scoring
from tenure.engine.panel import Panel
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import BacktestResult
from tenure.forecast.services.learning import Learned, learn
from tenure.forecast.services.methods import BASE, FORECAST, HEALTH, METHODS, closed_label, rivals
from tenure.forecast.services.scores import (
    Scored,
    bins_of,
    lift_of,
    scores_of,
    worse_by,
)

HORIZONS = (3, 6, 12)
_SHOWN = (FORECAST, HEALTH)


@dataclass(frozen=True)
class Replay:
    """One past date: the model of then, what was known then, and the rows it was asked about."""

    day: date
    learned: Learned
    known: Panel
    asked: Panel
    survival: Floats

    def chances(self, horizon: int) -> dict[str, Floats | None]:
        """Method → chance of churn within the horizon, of `asked`."""
        found = rivals(self.known, self.asked, horizon, self.learned.names)
        return {FORECAST: 1.0 - self.survival[:, horizon - 1], **found}


@dataclass(frozen=True)
class _Table:
    """Rows of several dates at one horizon, with each method's chances (nan: it had none)."""

    scored: Mapping[str, Scored]
    day: NDArray[np.datetime64]
    segment: NDArray[np.str_]


def backtest_rows(
    replays: Sequence[Replay], now: Panel, definition: ForecastDefinition
) -> list[BacktestResult]:
    """Results, not stored yet: pooled by horizon; by date and by segment for the main one."""
    main = definition.backtest_horizon
    found: list[BacktestResult] = []
    for horizon in sorted({*HORIZONS, main}):
        table = _table(replays, now, horizon) if horizon <= definition.horizons else None
        if table is None:
            continue
        found += _pooled(table, horizon, definition)
        if horizon == main:
            found += _by_day(table, horizon, definition)
            found += _by_segment(table, horizon, definition)
    return found


def _table(replays: Sequence[Replay], now: Panel, horizon: int) -> _Table | None:
    """What each method said on every date whose window is closed by now."""
    outcome = closed_label(now, horizon)
    place = {
        (account, origin): row
        for row, (account, origin) in enumerate(
            zip(now.account.tolist(), now.origin.tolist(), strict=True)
        )
    }
    rows: list[NDArray[np.int64]] = []
    chances: dict[str, list[Floats]] = {method: [] for method in METHODS}
    for replay in replays:
        keys = zip(replay.asked.account.tolist(), replay.asked.origin.tolist(), strict=True)
        at = np.array([place.get(key, -1) for key in keys], dtype=np.int64)
        closed = (at >= 0) & ~np.isnan(outcome[at]) if at.size else at.astype(bool)
        if not closed.any():
            continue
        rows.append(at[closed])
        for method, chance in replay.chances(horizon).items():
            told = np.full(at.size, np.nan) if chance is None else chance
            chances[method].append(told[closed])
    if not rows:
        return None
    at = np.concatenate(rows)
    month = np.where(outcome[at] > 0, now.months[at, 0], 0)
    scored = {
        method: Scored(now.account[at], outcome[at], month, np.concatenate(parts))
        for method, parts in chances.items()
    }
    return _Table(scored, now.origin[at], _segments(now)[at])


def _segments(panel: Panel) -> NDArray[np.str_]:
    found = np.full(len(panel), "", dtype=object)
    for at, name in enumerate(panel.names):
        if name.startswith("segment="):
            found[panel.features[:, at] == 1.0] = name.split("=", 1)[1]
    return found.astype(np.str_)


def _pooled(table: _Table, horizon: int, definition: ForecastDefinition) -> list[BacktestResult]:
    results = []
    for method, every in table.scored.items():
        told = ~np.isnan(every.chance)
        rows = every.take(told)
        row = _result(method, horizon, rows, definition)
        if row is None:
            continue
        if method == FORECAST:
            row.metrics |= _over_time(rows, horizon)
        else:
            row.metrics["worse_by"] = worse_by(rows, table.scored[FORECAST].take(told))
        row.bins, row.lift = bins_of(rows), lift_of(rows)
        results.append(row)
    return results


def _over_time(rows: Scored, horizon: int) -> dict[str, Any]:
    """Uno's C and the weighted Brier score, of rows that are all followed to the horizon."""
    if not rows.mixed:
        return {}
    duration = np.where(rows.came > 0, rows.month, horizon + 1).astype(float)
    came = rows.came > 0
    concordance = scoring.uno(duration, came, rows.chance)
    brier = scoring.brier_at(duration, came, (1.0 - rows.chance)[:, None], [horizon + 0.5])
    return {
        "uno_c": [round(float(concordance), 6), None, None],
        "ipcw_brier": [round(float(brier[0]), 6), None, None],
    }


def _by_day(table: _Table, horizon: int, definition: ForecastDefinition) -> list[BacktestResult]:
    return [
        result
        for day in np.unique(table.day)
        for result in _some(table, horizon, definition, table.day == day, origin=day.item())
    ]


def _by_segment(
    table: _Table, horizon: int, definition: ForecastDefinition
) -> list[BacktestResult]:
    return [
        result
        for segment in np.unique(table.segment)
        if segment
        for result in _some(
            table, horizon, definition, table.segment == segment, segment=str(segment)
        )
    ]


def _some(
    table: _Table,
    horizon: int,
    definition: ForecastDefinition,
    here: NDArray[np.bool_],
    **where: Any,
) -> list[BacktestResult]:
    found = []
    for method in (*_SHOWN, BASE):
        every = table.scored[method]
        rows = every.take(here & ~np.isnan(every.chance))
        draws = 100 if method == FORECAST else 0
        row = _result(method, horizon, rows, definition, draws, **where)
        if row is not None:
            found.append(row)
    return found


def _result(
    method: str,
    horizon: int,
    rows: Scored,
    definition: ForecastDefinition,
    draws: int = 200,
    **where: Any,
) -> BacktestResult | None:
    if not rows.came.size:
        return None
    return BacktestResult(
        method=method,
        horizon=horizon,
        rows=rows.came.size,
        events=int(rows.came.sum()),
        metrics=scores_of(rows, definition.capacity_share, draws),
        **where,
    )


def replay(panel: Panel, day: date, definition: ForecastDefinition) -> Replay:
    """Train on a panel's rows before its last day and predict from that day on: churn alone."""
    churn = replace(panel, causes=panel.causes[:1], months=panel.months[:, :1])
    last = np.datetime64(day, "D")
    known, asked = churn.take(churn.origin < last), churn.take(churn.origin == last)
    learned = learn(known, definition)
    survival = learned.fitted.predict(learned.rows(asked)).survival
    return Replay(day, learned, known, asked, survival)
