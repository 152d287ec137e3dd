"""Touchpoints, tickets, answers, outcomes and invoices, counted as they were recorded."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Min, Model, QuerySet

from tenure.contracts.models import Invoice
from tenure.core.insertion import rows_of
from tenure.forecast.inputs.days import Floats
from tenure.forecast.inputs.known import Fact, Facts
from tenure.timeline.models import Outcome, SurveyAnswer, Ticket, Touchpoint

_TIMES = ("recorded_at", "superseded_at")
QUARTER, HALF, YEAR = 90, 180, 365


def timeline_features(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    """Name → (accounts, days)."""
    return {
        **_touches(accounts, days),
        **_tickets(accounts, days),
        **_answers(accounts, days),
        **_invoices(accounts, days),
        **_outcomes(accounts, days),
    }


def _of(model: type[Model], accounts: Sequence[int]) -> "QuerySet[Any]":
    bounds = (min(accounts), max(accounts))
    rows: QuerySet[Any] = rows_of(model).filter(account__pk__range=bounds)
    return rows


def first_recorded(model: type[Model]) -> datetime | None:
    """When the company's first fact of a kind was recorded."""
    first: datetime | None = rows_of(model).aggregate(x=Min("recorded_at"))["x"]
    return first


def _touches(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    columns = ("account_id", "occurred_at", "sentiment", *_TIMES)
    first = first_recorded(Touchpoint)
    rows = list(_of(Touchpoint, accounts).values_list("direction", *columns))
    heard = Facts.of([r[1:] for r in rows if r[0] in {"in", "both"}], accounts, days, first)
    said = Facts.of([r[1:] for r in rows if r[0] == "out"], accounts, days, first)
    every = Facts.of([r[1:] for r in rows], accounts, days, first)
    return {
        "contact_days": heard.age(YEAR),
        "heard_90d": heard.count(QUARTER),
        "said_90d": said.count(QUARTER),
        "sentiment_180d": every.mean(HALF),
    }


def _tickets(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    columns = ("opened_at", "first_reply_at", "resolved_at", "csat", "account_id", *_TIMES)
    rows = list(_of(Ticket, accounts).values_list(*columns))
    first = first_recorded(Ticket)
    opened = [(r[4], r[0], _hours(r[0], r[1]), r[5], r[6]) for r in rows]
    rated = [(r[4], r[2] or r[0], r[3], r[5], r[6]) for r in rows if r[3] is not None]
    told = Facts.of(opened, accounts, days, first)
    return {
        "support_tickets_90d": told.count(QUARTER),
        "support_reply_hours_90d": told.mean(QUARTER),
        "support_open": Facts.of(list(_while_open(rows)), accounts, days, first).count(10 * YEAR),
        "support_csat_180d": Facts.of(rated, accounts, days, first).mean(HALF),
    }


def _while_open(rows: Sequence[Any]) -> Iterator[Fact]:
    """Tickets as facts that stop being known when they are resolved."""
    for opened, _, resolved, _, account, recorded, superseded in rows:
        ends = [end for end in (resolved, superseded) if end is not None]
        until = min(ends) if ends else None
        if until is None or until > recorded:
            yield account, opened, None, recorded, until


def _hours(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max((end - start).total_seconds() / 3600, 0.0)


def _answers(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    columns = ("account_id", "answered_at", "score", *_TIMES)
    first = first_recorded(SurveyAnswer)
    rows = list(_of(SurveyAnswer, accounts).values_list("kind", *columns))
    nps = Facts.of([r[1:] for r in rows if r[0] == "nps"], accounts, days, first)
    every = Facts.of([r[1:] for r in rows], accounts, days, first)
    return {
        "survey_nps_365d": nps.mean(YEAR),
        "survey_answers_365d": every.count(YEAR),
    }


def _invoices(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    columns = ("account_id", "due_at", "paid_at", *_TIMES)
    owed = _of(Invoice, accounts).filter(due_at__isnull=False)
    first = first_recorded(Invoice)
    rows = list(owed.values_list(*columns))
    late = [(a, paid, _days(due, paid), r, s) for a, due, paid, r, s in rows if paid is not None]
    return {
        "invoice_delay_180d": Facts.of(late, accounts, days, first).mean(HALF),
        "invoices_overdue": Facts.of(list(_unpaid(rows)), accounts, days, first).count(YEAR),
    }


def _unpaid(rows: Sequence[Any]) -> Iterator[Fact]:
    for account, due, paid, recorded, superseded in rows:
        ends = [end for end in (paid, superseded) if end is not None]
        until = min(ends) if ends else None
        if until is None or until > max(recorded, due):
            yield account, due, None, recorded, until


def _days(due: datetime, paid: datetime) -> float:
    return max((paid - due).total_seconds() / 86_400, 0.0)


def _outcomes(accounts: Sequence[int], days: Sequence[date]) -> dict[str, Floats]:
    rows = _of(Outcome, accounts).filter(confirmed_at__isnull=False)
    facts = [
        (a, confirmed, None, r, s)
        for a, confirmed, r, s in rows.values_list("account_id", "confirmed_at", *_TIMES)
    ]
    found = Facts.of(facts, accounts, days, first_recorded(Outcome))
    return {"outcomes_365d": found.count(YEAR)}
