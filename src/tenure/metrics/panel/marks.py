"""What the fact tables held when the panel was computed, and from when on that has changed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Model, Q

from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

WATCHED: dict[str, tuple[type[Model], str]] = {
    "tickets": (Ticket, "opened_at"),
    "touchpoints": (Touchpoint, "occurred_at"),
    "surveys": (SurveyAnswer, "answered_at"),
    "invoices": (Invoice, "due_at"),
    "contracts": (SubscriptionPeriod, "started_at"),
}
LONG_AGO = date(1970, 1, 1)


def marks() -> dict[str, dict[str, int]]:
    """Source → rows in all, rows superseded, highest key."""
    found = {}
    for source, (model, _column) in WATCHED.items():
        row = model._default_manager.aggregate(
            rows=Count("pk"), gone=Count("superseded_at"), newest=Max("pk")
        )
        found[source] = {name: int(value or 0) for name, value in row.items()}
    return found


def changed_since(old: Mapping[str, Mapping[str, int]], now: Mapping[str, Any]) -> date | None:
    """The day from which on any fact differs from what was marked; None when none does."""
    days = [
        day
        for source in WATCHED
        if (day := _source_changed(source, old.get(source, {}), now[source])) is not None
    ]
    return min(days, default=None)


def _source_changed(source: str, old: Mapping[str, int], now: Mapping[str, int]) -> date | None:
    if dict(old) == dict(now):
        return None
    model, column = WATCHED[source]
    if not old:
        return _earliest(model, column, Q())
    fresh = Q(pk__gt=old["newest"])
    names = model._default_manager.filter(fresh).values("external_id")
    replaced = Q(external_id__in=names)
    added = now["rows"] - old["rows"]
    if model._default_manager.filter(fresh).count() != added:
        return LONG_AGO  # rows were deleted, or a lower key was committed later
    if now["gone"] - old["gone"] > added:
        return LONG_AGO  # something was superseded without a row that replaces it
    return _earliest(model, column, fresh | replaced)


def _earliest(model: type[Model], column: str, which: Q) -> date | None:
    rows = model._default_manager.filter(which)
    first: datetime | None = rows.aggregate(first=Min(column))["first"]
    return None if first is None else first.date()
