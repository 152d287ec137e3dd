"""The rolling-origin backtest: what would have been predicted on past dates, and what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine import scoring
from tenure.engine.panel import Panel
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import BacktestResult
from tenure.forecast.services.methods import (
    BASE,
    FORECAST,
    HEALTH,
    LOGISTIC,
    at_risk,
    closed_label,
    methods_of,
)
from tenure.forecast.services.replays import Replay
from tenure.forecast.services.scores import (
    Scored,
    bins_of,
    lift_of,
    scores_of,
    worse_by,
)

HORIZONS = (3, 6, 12)
_SHOWN = (FORECAST, LOGISTIC, HEALTH, BASE)


@dataclass(frozen=True)
class _Table:
    """Rows of several dates at one horizon, with each method's chances (nan: it had none)."""

    cause: str
    horizon: int
    scored: Mapping[str, Scored]
    day: NDArray[np.datetime64]
    segment: NDArray[np.str_]


def backtest_rows(
    replays: Sequence[Replay], now: Panel, definition: ForecastDefinition
) -> list[BacktestResult]:
    """Results, not stored yet, cause by cause on the same dates: pooled by horizon; by date and by
    segment for the main one.
    """
    main = definition.backtest_horizon
    horizons = sorted(h for h in {*HORIZONS, main} if h <= definition.horizons)
    found: list[BacktestResult] = []
    for cause in now.causes:
        for horizon in horizons:
            table = _table(replays, now, horizon, cause)
            if table is None:
                continue
            found += _pooled(table, definition)
            if horizon == main:
                found += _by_day(table, definition)
                found += _by_segment(table, definition)
    return found


def _table(replays: Sequence[Replay], now: Panel, horizon: int, cause: str) -> _Table | None:
    """What each method said on every date whose window is closed by now."""
    outcome = closed_label(now, horizon, cause)
    place = {
        (account, origin): row
        for row, (account, origin) in enumerate(
            zip(now.account.tolist(), now.origin.tolist(), strict=True)
        )
    }
    rows: list[NDArray[np.int64]] = []
    chances: dict[str, list[Floats]] = {method: [] for method in methods_of(cause)}
    for replay in replays:
        keys = zip(replay.asked.account.tolist(), replay.asked.origin.tolist(), strict=True)
        at = np.array([place.get(key, -1) for key in keys], dtype=np.int64)
        closed = (at >= 0) & ~np.isnan(outcome[at]) if at.size else at.astype(bool)
        closed &= at_risk(replay.asked, cause)
        if not closed.any():
            continue
        rows.append(at[closed])
        for method, chance in replay.chances(horizon, cause).items():
            told = np.full(at.size, np.nan) if chance is None else chance
            chances[method].append(told[closed])
    if not rows:
        return None
    at = np.concatenate(rows)
    month = np.where(outcome[at] > 0, now.months[at, now.causes.index(cause)], 0)
    scored = {
        method: Scored(now.account[at], outcome[at], month, np.concatenate(parts))
        for method, parts in chances.items()
    }
    return _Table(cause, horizon, scored, now.origin[at], _segments(now)[at])


def _segments(panel: Panel) -> NDArray[np.str_]:
    found = np.full(len(panel), "", dtype=object)
    for at, name in enumerate(panel.names):
        if name.startswith("segment="):
            found[panel.features[:, at] == 1.0] = name.split("=", 1)[1]
    return found.astype(np.str_)


def _pooled(table: _Table, definition: ForecastDefinition) -> list[BacktestResult]:
    results = []
    for method, every in table.scored.items():
        told = ~np.isnan(every.chance)
        rows = every.take(told)
        row = _result(table, method, rows, definition)
        if row is None:
            continue
        if method == FORECAST:
            row.metrics |= _over_time(rows, table.horizon)
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


def _by_day(table: _Table, definition: ForecastDefinition) -> list[BacktestResult]:
    return [
        result
        for day in np.unique(table.day)
        for result in _some(table, definition, table.day == day, origin=day.item())
    ]


def _by_segment(table: _Table, definition: ForecastDefinition) -> list[BacktestResult]:
    return [
        result
        for segment in np.unique(table.segment)
        if segment
        for result in _some(
            table, definition, table.segment == segment, drawn=True, segment=str(segment)
        )
    ]


def _some(
    table: _Table,
    definition: ForecastDefinition,
    here: NDArray[np.bool_],
    *,
    drawn: bool = False,
    **where: Any,
) -> list[BacktestResult]:
    """Results of some rows; `drawn`: with what calibration and lift are drawn from."""
    found = []
    for method in (method for method in _SHOWN if method in table.scored):
        every = table.scored[method]
        rows = every.take(here & ~np.isnan(every.chance))
        draws = 100 if method == FORECAST else 0
        row = _result(table, method, rows, definition, draws, **where)
        if row is None:
            continue
        if drawn:
            row.bins, row.lift = bins_of(rows), lift_of(rows)
        found.append(row)
    return found


def _result(
    table: _Table,
    method: str,
    rows: Scored,
    definition: ForecastDefinition,
    draws: int = 200,
    **where: Any,
) -> BacktestResult | None:
    if not rows.came.size:
        return None
    return BacktestResult(
        method=method,
        cause=table.cause,
        horizon=table.horizon,
        rows=rows.came.size,
        events=int(rows.came.sum()),
        metrics=scores_of(rows, definition.capacity_share, draws),
        **where,
    )
