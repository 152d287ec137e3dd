"""Predictions of a run for all paying accounts from one day on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.core.pipeline import Report, silent
from tenure.engine.hazards import load
from tenure.engine.panel import Grid, Panel
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.definitions import stored as stored_definition
from tenure.forecast.inputs.days import BACK, Floats, grid_days, months_back
from tenure.forecast.inputs.gather import Plan, Tables, chunks, gather_tables, joined
from tenure.forecast.models import (
    CurrentForecast,
    ForecastRun,
    Prediction,
    RunStatus,
    StoredModel,
)
from tenure.forecast.services.cases import Cases
from tenure.forecast.services.current import current_replace, current_rows
from tenure.forecast.services.notices import watch
from tenure.forecast.services.reach import Reach
from tenure.forecast.services.reasons import (
    YEAR,
    Told,
    Values,
    between,
    lowering,
    reasons,
    short,
    similar,
)
from tenure.forecast.services.value import Growth, lifetime_value

DIGITS = 6
_STAY = (("", "survival"), ("_low", "low"), ("_high", "high"))
_WRITTEN = (
    "run", "account", "as_of", "made_at", "survival", "low", "high", "stay", "stay_low",
    "stay_high", "hazards", "ranges", "drivers", "others", "base", "lowers", "similar", "mrr",
    "value", "value_low", "value_high",
)  # fmt: skip


@dataclass(frozen=True)
class Oracle:
    """A run's model with everything it needs to predict."""

    run: int
    fitted: Any
    names: tuple[str, ...]
    plan: Plan
    definition: ForecastDefinition
    growth: Growth
    cases: Cases | None = None
    reach: Reach | None = None

    @classmethod
    def of(cls, run: ForecastRun) -> "Oracle":
        """From what is stored of a run."""
        stored = StoredModel.objects.get(run=run)
        given = run.parameters
        growth = Growth(tuple(given["cuts"]), tuple(given["raises"]))
        cases = Cases.read(bytes(stored.cases)) if stored.cases else None
        reach = Reach.read(given["reach"]) if given.get("reach") else None
        return cls(
            run.pk, load(bytes(stored.content)), tuple(run.features), Plan.read(given["plan"]),
            stored_definition(given["definition"]), growth, cases, reach,
        )  # fmt: skip

    def predict(self, panel: Panel, then: Mapping[str, Floats]) -> Iterator[tuple[int, Values]]:
        """(account, values) of each row. `then`: base feature → (n,) raw values of 13 weeks ago."""
        if not len(panel):
            return
        rows = panel.only(self.names)
        forecast = self.fitted.predict(rows, ranged=YEAR)
        hazards = {cause: forecast.hazard(cause) for cause in forecast.causes[1:]}
        zero = np.zeros(forecast.survival.shape)
        grows = self.growth.expected(
            hazards.get("contraction", zero), hazards.get("expansion", zero)
        )
        mrr = panel.features[:, panel.names.index("mrr")]
        curves = {"survival": forecast.survival, "low": forecast.low, "high": forecast.high}
        worth = {n: lifetime_value(mrr, c, grows, self.definition) for n, c in curves.items()}
        year = min(YEAR, forecast.survival.shape[1]) - 1
        told = Told.of(self.fitted, rows)
        why, alike = reasons(told, rows, then), similar(told, rows, self.cases)
        lower = lowering(self.fitted, self.reach, panel, rows, then)
        for row, account in enumerate(panel.account.tolist()):
            yield (
                account,
                {
                    **{name: _listed(curve[row]) for name, curve in curves.items()},
                    **{f"stay{end}": short(curves[name][row, year]) for end, name in _STAY},
                    "hazards": {cause: _listed(values[row]) for cause, values in hazards.items()},
                    "ranges": between(forecast.ranges, row),
                    **why[row],
                    "lowers": lower[row],
                    "similar": alike[row],
                    "mrr": _money(mrr[row]),
                    "value": _money(worth["survival"][row]),
                    "value_low": _money(worth["low"][row]),
                    "value_high": _money(worth["high"][row]),
                },
            )


def _listed(values: Floats) -> list[float]:
    rounded: list[float] = np.round(values, DIGITS).tolist()
    return rounded


def _money(value: Any) -> float | None:
    return None if not np.isfinite(value) else round(float(value), 2)


def grid_of(definition: ForecastDefinition, first: date, last: date, as_of: date) -> Grid:
    """A grid with the definition's horizon, gap and delay."""
    return Grid(first, last, as_of, definition.horizons, definition.gap_days, definition.delay_days)


def predict_day(
    oracle: Oracle, day: date, report: Report = silent
) -> Iterator[tuple[Panel, list[tuple[int, Values]]]]:
    """Rows and predictions of the accounts that pay on a day, a range of accounts at a time."""
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    days = grid_days(day, day)
    grid = grid_of(oracle.definition, day, day, day)
    parts = list(chunks(accounts))
    for done, chunk in enumerate(parts):
        tables = gather_tables(oracle.plan, chunk, days)
        panel = tables.panel(oracle.plan, grid)
        yield panel, list(oracle.predict(panel, raw_before(tables, panel)))
        report(done + 1, len(parts))


def raw_before(tables: Tables, panel: Panel) -> dict[str, Floats]:
    """Base feature → its raw values three months before the panel's only day, (n,)."""
    if not len(panel):
        return {}
    column = tables.days.index(months_back(tables.days[-1], BACK))
    row_of = {account: row for row, account in enumerate(tables.books.accounts)}
    rows = [row_of[account] for account in panel.account.tolist()]
    return {name: values[rows, column] for name, values in tables.values.items()}


def forecast_predict(*, run: ForecastRun, day: date | None = None, report: Report = silent) -> int:
    """Append a run's predictions as of a day (today) where they say something new; how many.

    No audit row: nobody acted, and it happens every day. What a live model says is what lists
    show, and it is watched on the way: its age, and whether its inputs have moved.
    """
    on = day or clock.today()
    oracle = Oracle.of(run)
    horizon = oracle.definition.backtest_horizon
    written, panels = 0, []
    shown: list[CurrentForecast] = []
    for panel, found in predict_day(oracle, on, report):
        written += predictions_append(run.pk, on, found)
        shown += current_rows(run, on, found, horizon)
        panels.append(panel)
    if run.status == RunStatus.LIVE:
        current_replace(shown, on)
        if panels:
            watch(run, joined(panels), on)
    return written


@transaction.atomic
def predictions_append(run: int, day: date, found: Sequence[tuple[int, Values]]) -> int:
    """Append predictions that differ from the newest of the running week; how many."""
    now = clock.now()
    before = _newest(run, day, [account for account, _ in found])
    rows = [
        (run, account, day, now, *(values[name] for name in _WRITTEN[4:]))
        for account, values in found
        if before.get(account) != (values["survival"], values["mrr"])
    ]
    return append_rows(Prediction, _WRITTEN, rows)


def _newest(run: int, day: date, accounts: Sequence[int]) -> dict[int, tuple[Any, Any]]:
    if not accounts:
        return {}
    rows = Prediction.objects.filter(
        run=run,
        account__pk__range=(min(accounts), max(accounts)),
        as_of__range=(clock.week_start(day), day),
    ).order_by("as_of", "pk")
    return {a: (s, m) for a, s, m in rows.values_list("account_id", "survival", "mrr").iterator()}


def oldest_current(day: date) -> date:
    """Predictions from this day on count as current: a week, and one more for a late refresh."""
    return day - timedelta(days=14)
