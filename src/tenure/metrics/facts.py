"""The relational facts that metrics read, as Arrow tables in the shape of the base tables."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db.models import Model, QuerySet

from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.metrics.compile import tables
from tenure.metrics.compile.arrow import arrow_schema
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

EPOCH_ORDINAL = 719_163
NOT_OWED = ("void", "draft", "cancelled", "canceled", "deleted")
Fact = tuple[int, str, str, str, int, int | None, int | None, float | None, float | None]


def day_of(moment: datetime) -> int:
    """The UTC day of a time, as days since 1970-01-01."""
    return moment.toordinal() - EPOCH_ORDINAL


def facts_table(account_from: int, account_to: int) -> pa.Table:
    """Current tickets, touchpoints, survey answers and invoices of a range of accounts."""
    bounds = (account_from, account_to)
    rows = [*_tickets(bounds), *_touchpoints(bounds), *_surveys(bounds), *_invoices(bounds)]
    return _table(rows, tables.FACTS)


def seats_table(account_from: int, account_to: int) -> pa.Table:
    """Current subscription periods that name seats; each ends where the next one starts."""
    rows: list[tuple[int, int, int | None, int]] = []
    following: dict[str, datetime] = {}
    periods = _current(SubscriptionPeriod, (account_from, account_to)).order_by("-started_at")
    columns = ("external_id", "account_id", "started_at", "ended_at", "seats")
    for name, account, started, ended, seats in periods.values_list(*columns).iterator():
        ends = [end for end in (ended, following.get(name)) if end is not None]
        following[name] = started
        if seats is not None:
            begin = day_of(started)
            rows.append((account, begin, max(begin, day_of(min(ends))) if ends else None, seats))
    return _table(rows, tables.SEATS)


def _current(model: type[Model], bounds: tuple[int, int]) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model._default_manager.filter(superseded_at__isnull=True)
    return rows.filter(account_id__gte=bounds[0], account_id__lte=bounds[1])


def _tickets(bounds: tuple[int, int]) -> Iterator[Fact]:
    columns = ("account_id", "priority", "opened_at", "first_reply_at", "resolved_at", "csat")
    rows = _current(Ticket, bounds).values_list(*columns)
    for account, priority, opened, replied, resolved, csat in rows.iterator():
        day = day_of(opened)
        yield (
            account,
            "tickets",
            priority,
            "",
            day,
            None if replied is None else max(day, day_of(replied)),
            None if resolved is None else max(day, day_of(resolved)),
            None if replied is None else max(0.0, (replied - opened).total_seconds() / 3600),
            csat,
        )


def _touchpoints(bounds: tuple[int, int]) -> Iterator[Fact]:
    """Newest first, so that what answers one of ours is known when ours comes up."""
    answered: dict[int, datetime] = {}
    columns = ("account_id", "kind", "direction", "occurred_at", "sentiment")
    rows = _current(Touchpoint, bounds).order_by("-occurred_at", "-id").values_list(*columns)
    for account, kind, direction, at, sentiment in rows.iterator():
        reply = answered.get(account) if direction == "out" else None
        if direction in {"in", "both"}:
            answered[account] = at
        waited = None if reply is None else (reply - at).total_seconds() / 86_400
        done = None if reply is None else day_of(reply)
        yield account, "touchpoints", kind, direction, day_of(at), done, None, waited, sentiment


def _surveys(bounds: tuple[int, int]) -> Iterator[Fact]:
    rows = _current(SurveyAnswer, bounds).values_list("account_id", "kind", "answered_at", "score")
    for account, kind, answered, score in rows.iterator():
        yield account, "surveys", kind, "", day_of(answered), None, None, None, score


def _invoices(bounds: tuple[int, int]) -> Iterator[Fact]:
    rows = _current(Invoice, bounds).filter(due_at__isnull=False).exclude(status__in=NOT_OWED)
    columns = ("account_id", "status", "due_at", "paid_at")
    for account, status, due, paid in rows.values_list(*columns).iterator():
        late = None if paid is None else max(0.0, (paid - due).total_seconds() / 86_400)
        day = day_of(due)
        # Paid early counts as paid on the due day: before it the invoice is in no window.
        done = None if paid is None else max(day, day_of(paid))
        yield account, "invoices", status, "", day, done, None, late, None


def _table(rows: Iterable[tuple[Any, ...]], columns: dict[str, str]) -> pa.Table:
    schema = arrow_schema(columns)
    by_column = list(zip(*rows, strict=True)) or [() for _ in columns]
    arrays = [
        pa.array(values, type=field.type) for values, field in zip(by_column, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
