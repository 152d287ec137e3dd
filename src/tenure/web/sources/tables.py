"""How much each table holds and how fresh it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Model, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, Membership, Person
from tenure.contracts.models import Cost, Invoice, Plan, SubscriptionPeriod
from tenure.core.models import RecordedFact
from tenure.events.models import StoreFile
from tenure.intake.models import LoadedTable
from tenure.timeline.models import (
    Advocacy,
    Outcome,
    PlayRecord,
    SurveyAnswer,
    Ticket,
    Touchpoint,
)
from tenure.web.sources.kept import kept


@dataclass(frozen=True)
class Source:
    """A table of the files: its model, the column with its own date, what it is good for."""

    key: str
    name: Promise
    model: type[Model] | None
    dated: str
    use: Promise


SOURCES = (
    Source("accounts", _("Accounts"), Account, "created_at", _("everything")),
    Source("people", _("People"), Person, "created_at", _("breadth, the people of an account")),
    Source(
        "memberships", _("Memberships"), Membership, "since", _("who decides, sponsors, champions")
    ),
    Source("plans", _("Plans"), Plan, "", _("tiers")),
    Source(
        "subscriptions",
        _("Subscriptions"),
        SubscriptionPeriod,
        "started_at",
        _("MRR, renewals, length of time"),
    ),
    Source("invoices", _("Invoices"), Invoice, "issued_at", _("payment delay")),
    Source("events", _("Events"), None, "", _("usage, health, living relationship")),
    Source(
        "touchpoints", _("Touchpoints"), Touchpoint, "occurred_at", _("two-way contact, sentiment")
    ),
    Source("tickets", _("Tickets"), Ticket, "opened_at", _("ticket load, satisfaction")),
    Source(
        "survey_answers",
        _("Survey answers"),
        SurveyAnswer,
        "answered_at",
        _("attitude: NPS, CSAT, CES"),
    ),
    Source("outcomes", _("Outcomes"), Outcome, "confirmed_at", _("the outcome an account wants")),
    Source("advocacy", _("Advocacy"), Advocacy, "occurred_at", _("who recommends us")),
    Source("plays_log", _("Plays log"), PlayRecord, "assigned_at", _("effects of past actions")),
    Source("costs", _("Costs"), Cost, "month", _("cost of winning and of keeping")),
)


@dataclass(frozen=True)
class Freshness:
    """One table: rows that count now, its newest fact, when Tenure last learned something."""

    key: str
    name: Promise
    use: Promise
    rows: int
    newest: date | datetime | None
    learned: datetime | None
    loaded: datetime | None


def freshness() -> list[Freshness]:
    """Every table of the contract, empty ones too."""
    counts: dict[str, tuple[Any, Any, Any]] = kept("tables", _counts)
    loads = {
        row["table"]: row["at"]
        for row in LoadedTable.objects.values("table").annotate(at=Max("load__started_at"))
    }
    return [Freshness(s.key, s.name, s.use, *counts[s.key], loads.get(s.key)) for s in SOURCES]


def _counts() -> dict[str, tuple[Any, Any, Any]]:
    return {source.key: _count(source) for source in SOURCES}


def _count(source: Source) -> tuple[Any, Any, Any]:
    if source.model is None:
        live = StoreFile.objects.filter(retired_at__isnull=True)
        row = live.aggregate(n=Sum("rows"), newest=Max("occurred_max"), at=Max("created_at"))
        return row["n"] or 0, row["newest"], row["at"]
    rows = source.model._default_manager.all()
    if issubclass(source.model, RecordedFact):
        rows = rows.filter(superseded_at__isnull=True)
    wanted = {"n": Count("pk"), "at": Max("recorded_at")}
    if source.dated:
        wanted["newest"] = Max(source.dated)
    row = rows.aggregate(**wanted)
    return row["n"], row.get("newest"), row["at"]
