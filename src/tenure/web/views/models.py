"""The pages under Models: how good the forecasts are, and how that is known."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.selectors import accounts_visible
from tenure.core.roles import Permission
from tenure.engine.panel.rows import CHURN
from tenure.forecast.in_force import definition_in_force
from tenure.forecast.models import ForecastRun, RunStatus
from tenure.forecast.selectors import health_comparison
from tenure.forecast.selectors import notices as open_notices
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.evidence import (
    charts,
    download,
    drift,
    head,
    names,
    notices,
    record,
    runs,
    scorecard,
    stored,
    tables,
)
from tenure.web.evidence.causes import CAUSES, cause_of
from tenure.web.evidence.measures import MEASURES
from tenure.web.evidence.methods import METHODS

PAGE_SIZE = 30
RECORD_DAYS = 60
MONTHS = frozenset(str(n) for n in range(1, 37))
SHORT = ("auc", "log_loss", "brier", "slope", "found")
POOLED = ("auc", "log_loss", "worse_by", "brier", "slope", "found")
BY_DATE = ("auc", "log_loss", "brier", "slope", "predicted", "actual")
SEGMENTED = ("auc", "log_loss", "slope", "predicted", "actual")
TABS = (
    ("models", gettext_lazy("In short")),
    ("models_backtests", gettext_lazy("Backtests")),
    ("models_health", gettext_lazy("Health score")),
    ("models_record", gettext_lazy("Track record")),
    ("models_runs", gettext_lazy("Runs")),
)


def _draw(request: HttpRequest, tab: str, template: str, context: dict[str, Any]) -> HttpResponse:
    tabs = [(name, reverse(url), url == tab) for url, name in TABS]
    context = {"may_set": allowed(request, Permission.SEE_SETTINGS), **context, "tabs": tabs}
    return render(request, f"pages/models/{template}.html", context)


@page(*SEE_ACCOUNTS)
def models(request: HttpRequest) -> HttpResponse:
    """Which model is live, whether to listen to it, and what gives concern."""
    run = stored.shown_run()
    context: dict[str, Any] = {"run": run}
    if run is not None:
        capacity, backtest = stored.capacity_of(run), stored.backtest_of(run)
        comparison = health_comparison(run)
        context |= {
            "live": run.status == RunStatus.LIVE,
            "chosen": head.chosen_name(run.chosen),
            "verdict": head.verdict(run, backtest),
            "events": head.events(run),
            "notices": notices.told(open_notices()),
            "measures": [MEASURES[key] for key in SHORT],
            "methods": tables.method_rows(backtest, SHORT),
            "found": charts.lift_sentence(backtest.pooled, capacity, cause_of(CHURN)),
            "health": scorecard.sentence(comparison) if comparison else "",
            "backtest": backtest,
        }
    return _draw(request, "models", "index", context)


@page(*SEE_ACCOUNTS)
def backtests(request: HttpRequest) -> HttpResponse:
    """Forecasts from past dates, against what came after them."""
    run = stored.shown_run()
    context: dict[str, Any] = {"run": run}
    if run is not None:
        capacity = stored.capacity_of(run)
        horizon, cause = request.GET.get("months", ""), cause_of(request.GET.get("cause", ""))
        segment = request.GET.get("segment", "")
        months = int(horizon) if horizon in MONTHS else None
        backtest = stored.backtest_of(run, months, cause.key, segment)
        # Losses are held against the forecast's over all accounts alone.
        pooled = SHORT if backtest.segment else POOLED
        asked = request.GET.get("measure", "")
        measure = MEASURES[asked if asked in BY_DATE else BY_DATE[0]]
        present = {m for by_method in backtest.by_origin.values() for m in by_method}
        methods = [method for method in METHODS if method.key in present]
        context |= {
            "capacity": capacity,
            "cause": cause,
            "causes": CAUSES.values(),
            "within": cause.told_within(backtest.horizon),
            "within_main": cause.told_within(backtest.told.horizon),
            "few": cause.told_few(backtest.events) if backtest.too_few else "",
            "backtest": backtest,
            "segment_names": sorted({row.segment for row in backtest.by_segment}),
            "not_tried": bool(segment) and not backtest.segment,
            "measures": [MEASURES[key] for key in pooled],
            "methods": tables.method_rows(backtest, pooled),
            "by_date": [MEASURES[key] for key in BY_DATE],
            "measure": measure,
            "dated_methods": methods,
            "origins": charts.over_origins(backtest.by_origin, measure),
            "origin_rows": tables.origin_rows(backtest, measure.key, [m.key for m in methods]),
            "calibration": charts.calibration(_bins(backtest)),
            "lift": charts.lift(backtest.pooled, capacity, cause),
            "extra": tables.extra_rows(backtest.forecast),
            "segment_measures": [MEASURES[key] for key in SEGMENTED],
            "segments": tables.segment_rows(backtest, SEGMENTED),
        }
    return _draw(request, "models_backtests", "backtests", context)


def _bins(backtest: stored.Backtest) -> list[tuple[str, Any]]:
    row = backtest.forecast
    return [(_("Forecast"), row.bins)] if row else []


def _run_or_404() -> ForecastRun:
    run = stored.shown_run()
    if run is None:
        raise Http404(_("There is no run yet."))
    return run


@page(*SEE_ACCOUNTS)
def backtests_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every stored figure of the backtest."""
    run = _run_or_404()
    lines = download.csv_lines(download.results_of(run))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="backtest-{run.pk}.csv"'
    return response


@page(*SEE_ACCOUNTS)
def backtests_json(request: HttpRequest) -> JsonResponse:
    """The backtest with calibration bins and lift."""
    run = _run_or_404()
    response = JsonResponse(download.document(run, download.results_of(run)))
    response.headers["Content-Disposition"] = f'attachment; filename="backtest-{run.pk}.json"'
    return response


@page(*SEE_ACCOUNTS)
def health_score(request: HttpRequest) -> HttpResponse:
    """The hand-set scorecard beside learned weights and beside no score at all."""
    run = stored.shown_run()
    row = health_comparison(run) if run else None
    context: dict[str, Any] = {"run": run, "row": row}
    if row is not None:
        context |= {
            "verdict": scorecard.sentence(row),
            "rankings": scorecard.rankings(row),
            "weights": scorecard.weights(row, names.titles()),
        }
    return _draw(request, "models_health", "health", context)


@page(*SEE_ACCOUNTS)
def track_record(request: HttpRequest) -> HttpResponse:
    """What was predicted at the time, and what came of it."""
    horizon = definition_in_force().backtest_horizon
    live = stored.record_days(stored.LIVE, RECORD_DAYS)
    replay = stored.record_days(stored.REPLAY, 1)
    context = {
        "sentence": record.record_sentence(live, replay),
        "measures": [MEASURES[key] for key in record.KEYS],
        "live": record.record_rows(live),
        "replay": record.record_rows(replay),
        "over_days": record.over_days(live) if len(live) > 1 else None,
        "calibration": charts.calibration(record.bins_of(live, replay, horizon), "-record"),
        "trend": drift.calibration_trend(),
    }
    return _draw(request, "models_record", "record", context)


@page(*SEE_ACCOUNTS)
def run_list(request: HttpRequest) -> HttpResponse:
    """Every training, newest first, and when asked for the replays of the past that it made."""
    replays = request.GET.get("replays") == "1"
    rows = stored.all_runs() if replays else stored.all_runs().exclude(status=RunStatus.REPLAY)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    rows_shown = [runs.run_row(run) for run in shown.object_list]
    context = {"page": shown, "rows": rows_shown, "replays": replays}
    return _draw(request, "models_runs", "runs", context)


@page(*SEE_ACCOUNTS)
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """One training: what went in, what was refused, what was tried, what came out."""
    run = stored.all_runs().filter(pk=run_id).first()
    if run is None:
        raise Http404(_("There is no such run."))
    titles, sees_all = names.titles(), allowed(request, Permission.SEE_ALL_ACCOUNTS)
    context = {
        "run": run,
        "row": runs.run_row(run),
        "events": head.events(run),
        "features": runs.features(run, titles),
        "moved": drift.feature_drift(run, titles),
        "refused": runs.refused(run, accounts_visible(user_of(request)), sees_all, titles),
        "causes": runs.causes(run),
        "parameters": runs.parameters(run),
        "libraries": runs.libraries(run),
        "methods": tables.method_rows(stored.backtest_of(run), SHORT),
        "measures": [MEASURES[key] for key in SHORT],
    }
    return _draw(request, "models_runs", "run", context)
