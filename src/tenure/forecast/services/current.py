"""What lists show of the newest predictions: one small row an account."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from tenure.forecast.models import CurrentForecast, ForecastRun

BATCH = 1000


def current_rows(
    run: ForecastRun, day: date, found: Iterable[tuple[int, Mapping[str, Any]]], horizon: int
) -> list[CurrentForecast]:
    """Rows, not stored yet, from what a model said of accounts; churn within `horizon` months."""
    at = horizon - 1
    return [
        CurrentForecast(
            run=run,
            account_id=account,
            as_of=day,
            horizon=horizon,
            churn=round(1.0 - values["survival"][at], 6),
            low=round(1.0 - values["high"][at], 6),
            high=round(1.0 - values["low"][at], 6),
        )
        for account, values in found
    ]


@transaction.atomic
def current_replace(rows: list[CurrentForecast], day: date) -> bool:
    """Put these rows in the place of all others, unless those are of a later day; whether so."""
    if CurrentForecast.objects.filter(as_of__gt=day).exists():
        return False
    CurrentForecast.objects.all().delete()
    CurrentForecast.objects.bulk_create(rows, batch_size=BATCH)
    return True


def current_forget(before: date) -> None:
    """Let go of what was said before a day: without a live model nothing new is said."""
    CurrentForecast.objects.filter(as_of__lt=before).delete()
