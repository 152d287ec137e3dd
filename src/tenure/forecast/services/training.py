"""Training: panel, model, replays of the past with their scores; and whether it goes live."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Min

from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.pipeline import Report, silent
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.engine.hazards import Settings
from tenure.engine.panel import CHURN, Panel
from tenure.forecast import sentences
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.in_force import definition_in_force
from tenure.forecast.inputs.contracts import Books, movements_as_of
from tenure.forecast.inputs.days import months_back
from tenure.forecast.inputs.gather import Plan, chunks, panel_of
from tenure.forecast.models import BacktestResult, ForecastRun, RunStatus, StoredModel
from tenure.forecast.services.backtest import backtest_rows
from tenure.forecast.services.cases import Cases
from tenure.forecast.services.champion import decide
from tenure.forecast.services.health_weights import compare_health
from tenure.forecast.services.learning import (
    Learned,
    code_version,
    digest_of,
    learn,
    libraries,
)
from tenure.forecast.services.notices import after_training, shares_of
from tenure.forecast.services.predicting import Oracle, grid_of, predictions_append
from tenure.forecast.services.reach import Reach
from tenure.forecast.services.reasons import YEAR
from tenure.forecast.services.replays import Replay, replay
from tenure.forecast.services.value import Growth

NOBODY = "No account has paid for a month yet; there is nothing to learn from."


@dataclass(frozen=True)
class _Work:
    """One training: the day, the definition, what the features are, and the panels."""

    day: date
    definition: ForecastDefinition
    plan: Plan
    growth: Growth
    panel: Panel
    past: Sequence[tuple[date, Panel]]


def forecast_train(
    *, actor: User | None = None, report: Report = silent, replays: int | None = None
) -> ForecastRun:
    """Train a model on all that is known today, backtest it, and let it go live if it may.

    Raises:
        TenureError: nobody has paid for a month yet.
    """
    require(actor, Permission.EDIT_DEFINITIONS)
    began = clock.now()
    definition = definition_in_force()
    steps = 4 + (definition.replays if replays is None else replays)
    report(0, steps)
    work = _gathered(definition, definition.replays if replays is None else replays)
    report(1, steps)
    learned = learn(work.panel, definition, definition.resamples)
    report(2, steps)
    past = []
    for done, (day, panel) in enumerate(work.past):
        past.append(replay(panel, day, definition))
        report(3 + done, steps)
    run = _stored(actor, work, learned, past, began)
    report(steps, steps)
    return run


def _gathered(definition: ForecastDefinition, replays: int) -> _Work:
    today = clock.today()
    first_recorded = SubscriptionPeriod.objects.filter(is_trial=False).aggregate(
        x=Min("recorded_at")
    )["x"]
    if first_recorded is None:
        raise TenureError(NOBODY)
    last = today if today.day <= 28 else today.replace(day=28)
    first = last
    for _ in range(definition.history_months):
        if months_back(first, 1) < first_recorded.date():
            break
        first = months_back(first, 1)
    days = [months_back(last, definition.replay_months * step) for step in range(1, replays + 1)]
    days = sorted(day for day in days if day > months_back(first, -1))
    plan = Plan.now(definition)
    grids = [grid_of(definition, first, last, today)]
    grids += [grid_of(definition, first, day, day) for day in days]
    panel, *older = panel_of(plan, grids)
    if not (panel.followed > 0).any():
        raise TenureError(NOBODY)
    past = list(zip(days, older, strict=True))
    return _Work(today, definition, plan, _growth(today), panel, past)


def _growth(day: date) -> Growth:
    """How large contractions and expansions were."""
    from tenure.contracts.selectors import rates

    accounts = sorted(set(SubscriptionPeriod.objects.values_list("account_id", flat=True)))
    conversion = rates().on(day)
    factors: list[float] = []
    for chunk in chunks(accounts):
        steps = movements_as_of(Books.read(chunk), day, conversion)
        factors += [factor for _, _, _, factor in steps]
    return Growth.of(factors)


def _stored(
    actor: User | None, work: _Work, learned: Learned, past: Sequence[Replay], began: Any
) -> ForecastRun:
    """Everything a training made, in one transaction that only writes: scores are made before."""
    horizon = min(YEAR, work.definition.horizons)
    content = learned.fitted.to_bytes()
    cases = Cases.of(learned.fitted, learned.rows(work.panel), horizon).to_bytes()
    results = backtest_rows(past, work.panel, work.definition)
    health = compare_health(work.panel, work.definition)
    reach = Reach.of(work.panel, learned.names)
    said = [(one, list(_said(work, one))) for one in past]
    with transaction.atomic():
        run = _run(work, learned, work.panel, began, RunStatus.CANDIDATE, reach=reach)
        StoredModel.objects.create(run=run, content=content, cases=cases)
        for one, predictions in said:
            row = _run(work, one.learned, one.known, began, RunStatus.REPLAY, one.day)
            predictions_append(row.pk, one.day, predictions)
        for result in results:
            result.run = run
        BacktestResult.objects.bulk_create(results)
        if health is not None:
            health.run = run
            health.save()
        run.metrics = _in_short(results, work.definition.backtest_horizon)
        run.save(update_fields=["metrics"])
        decide(actor, run, past, work.panel)
        after_training(run)
        audit(actor=actor, action="forecast.train", subject=run, detail={"status": run.status})
    return run


def _run(
    work: _Work,
    learned: Learned,
    panel: Panel,
    began: Any,
    status: str,
    day: date | None = None,
    reach: Reach | None = None,
) -> ForecastRun:
    known = panel.take(panel.followed > 0)
    chosen = learned.fitted.report.causes[0]
    return ForecastRun.objects.create(
        started_at=began,
        ended_at=clock.now(),
        as_of=day or work.day,
        first_origin=_day(known.origin, np.min),
        last_origin=_day(known.origin, np.max),
        rows=len(known),
        accounts=int(np.unique(known.account).size),
        events=_events(known),
        features=list(learned.names),
        refused=[*(dict(r) for r in work.plan.refused), *learned.refused],
        parameters=_parameters(work, learned, known, reach),
        seed=work.definition.seed,
        code_version=code_version(),
        libraries=libraries(),
        digest=digest_of(known),
        chosen=chosen.chosen,
        signal=bool(chosen.signal),
        report=_told(learned),
        status=status,
        reason=sentences.REPLAY if status == RunStatus.REPLAY else "",
    )


def _parameters(work: _Work, learned: Learned, known: Panel, reach: Reach | None) -> dict[str, Any]:
    """What the run was made with, and what it takes to predict and to watch it again."""
    plain = Settings()
    return {
        "definition": work.definition.plain(),
        "plan": work.plan.plain(),
        "cuts": list(work.growth.cuts),
        "raises": list(work.growth.raises),
        "settings": {"folds": plain.folds, "boosted": plain.boosted, "threads": plain.threads},
        "shares": shares_of(learned.rows(known)),
        "reach": None if reach is None else reach.plain(),
    }


def _day(days: Any, pick: Any) -> date | None:
    return pick(days).item() if days.size else None


def _events(known: Panel) -> dict[str, int]:
    inside = (known.months > 0) & (known.months <= YEAR)
    return {cause: int(inside[:, at].sum()) for at, cause in enumerate(known.causes)}


def _told(learned: Learned) -> dict[str, Any]:
    """The report of the fit, cause by cause."""
    return {
        cause.cause: {
            "chosen": cause.chosen,
            "signal": bool(cause.signal),
            "weights": dict(cause.weights),
            "rows": cause.rows,
            "accounts": cause.accounts,
            "events": cause.events,
            "notes": list(cause.notes),
            "candidates": [
                {"name": c.name, "loss": _number(c.loss), "gain": _number(c.gain),
                 "gain_error": _number(c.gain_se)}
                for c in cause.candidates
            ],
            "slope_before": _number(cause.slope_before),
            "slope_after": _number(cause.slope_after),
        }
        for cause in learned.fitted.report.causes
    }  # fmt: skip


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _said(work: _Work, one: Replay) -> Iterator[tuple[int, Any]]:
    """What the model of a past day predicts from there."""
    oracle = Oracle(
        0, one.learned.fitted, one.learned.names, work.plan, work.definition, work.growth
    )
    yield from oracle.predict(one.asked, _before(one.asked))


def _before(panel: Panel) -> dict[str, Any]:
    """Raw values of three months before, of the features that came with their change."""
    tail = ".change_3"
    at = {name: place for place, name in enumerate(panel.names)}
    return {
        name[: -len(tail)]: panel.features[:, at[name[: -len(tail)]]] - panel.features[:, place]
        for name, place in at.items()
        if name.endswith(tail)
    }


def _in_short(results: Sequence[BacktestResult], horizon: int) -> dict[str, Any]:
    """Method → its pooled figures for churn at the main horizon."""
    return {
        result.method: {"rows": result.rows, "events": result.events, **result.metrics}
        for result in results
        if (result.cause, result.horizon) == (CHURN, horizon)
        and result.origin is None
        and not result.segment
    }
