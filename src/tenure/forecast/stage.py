"""The stages `forecast` (predict with the live model) and `training` (train when it is due).

What learns is imported where it is needed: few processes do, and it takes a while to load.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Max, Model

from tenure.accounts.models import Account, AttributeChange, Membership
from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.core.models import StageRun
from tenure.core.pipeline import Refresh
from tenure.core.weekly import last_run
from tenure.forecast.in_force import definition_in_force
from tenure.forecast.models import ForecastRun, RunStatus
from tenure.metrics.selectors.grid import panel_changed_from
from tenure.timeline.models import Outcome, Pulse, SurveyAnswer, Ticket, Touchpoint

STAGE, TRAINING = "forecast", "training"
_FACTS: tuple[type[Model], ...] = (
    Account, AttributeChange, Membership, SubscriptionPeriod, Invoice, Touchpoint, Ticket,
    SurveyAnswer, Outcome, Pulse,
)  # fmt: skip


def forecast_refresh(refresh: Refresh) -> dict[str, Any]:
    """Predict for all paying accounts, on a new day or when what is known has changed."""
    from tenure.forecast.services import forecast_predict, track_record_update
    from tenure.forecast.services.current import current_forget
    from tenure.forecast.services.predicting import oldest_current

    current_forget(oldest_current(refresh.as_of))
    live = live_run()
    if live is None:
        return {"run": None, "predictions": 0}
    seen = _seen(refresh, live)
    last = last_run(STAGE)
    same = last is not None and last.detail.get("seen") == seen
    if same and last is not None and not _panel_changed(last):
        return {**last.detail, "predictions": 0}
    written = forecast_predict(run=live, day=refresh.as_of, report=refresh.report)
    records = 0
    if last is None or last.detail.get("seen", {}).get("day") != seen["day"]:
        records = track_record_update(definition_in_force())
    return {"run": live.pk, "predictions": written, "records": records, "seen": seen}


def live_run() -> ForecastRun | None:
    """The run whose model predicts now."""
    return ForecastRun.objects.filter(status=RunStatus.LIVE).first()


def _seen(refresh: Refresh, live: ForecastRun) -> dict[str, Any]:
    newest = {
        model._meta.label_lower: model._default_manager.aggregate(x=Max("pk"))["x"]
        for model in _FACTS
    }
    return {"day": refresh.as_of.isoformat(), "live": live.pk, **newest}


def _panel_changed(last: StageRun) -> bool:
    return panel_changed_from(last.started_at) is not None


def training_refresh(refresh: Refresh) -> dict[str, Any]:
    """Train when there is no model yet, or the newest is as old as the definition says.

    What a new model has to say is predicted at once, and the ladder sees it in the same refresh.
    """
    from tenure.forecast.services import forecast_predict, forecast_train, track_record_update

    if not training_due(refresh):
        return {"trained": None}
    if not SubscriptionPeriod.objects.filter(is_trial=False, mrr__gt=0).exists():
        return {"trained": None, "why": "nobody has paid yet"}
    run = forecast_train(report=refresh.report)
    written = 0
    if run.status == RunStatus.LIVE:
        written = forecast_predict(run=run, day=refresh.as_of)
        track_record_update(definition_in_force())
    return {"trained": run.pk, "status": run.status, "predictions": written}


def training_due(refresh: Refresh) -> bool:
    """Whether the newest training, taken or not, is older than the definition's days."""
    newest = (
        ForecastRun.objects.exclude(status=RunStatus.REPLAY)
        .order_by("-as_of", "-pk")
        .values_list("as_of", flat=True)
        .first()
    )
    days = timedelta(days=definition_in_force().retrain_days)
    return newest is None or refresh.as_of - newest >= days
