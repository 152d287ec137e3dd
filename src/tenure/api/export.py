"""Every table of the file contract, written out in the contract's own columns."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Model, Prefetch, QuerySet

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person
from tenure.contracts.models import Cost, Invoice, Plan, SubscriptionPeriod
from tenure.core.errors import TenureError
from tenure.core.pipeline import Report, silent
from tenure.timeline.models import (
    Advocacy,
    Outcome,
    PlayRecord,
    SurveyAnswer,
    Ticket,
    Touchpoint,
)

CHUNK = 2_000


@dataclass(frozen=True)
class Table:
    """Where a table's rows come from and how a row becomes the contract's columns."""

    rows: Callable[[], QuerySet[Any]]
    columns: dict[str, str]
    custom: bool = False


def _current(model: type[Model], *related: str) -> Callable[[], QuerySet[Any]]:
    def rows() -> QuerySet[Any]:
        found = model._default_manager.select_related(*related)
        return found.filter(superseded_at__isnull=True).order_by("pk")

    return rows


def _accounts() -> QuerySet[Any]:
    open_owners = OwnerAssignment.objects.filter(until__isnull=True).select_related("owner")
    return (
        Account.objects.select_related("parent")
        .prefetch_related(Prefetch("owners", queryset=open_owners, to_attr="current_owners"))
        .order_by("pk")
    )


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_ID = {"id": "external_id"}
_OF_ACCOUNT = {"account_id": "account.external_id"}
TABLES: dict[str, Table] = {
    "accounts": Table(
        _accounts,
        _ID
        | _same("name", "domain")
        | {"parent_id": "parent.external_id"}
        | _same("industry", "country", "language", "employees", "segment")
        | {"csm_email": "current_owners.0.owner.email", "created_at": "created_at"},
        custom=True,
    ),
    "people": Table(
        lambda: Person.objects.filter(erased_at__isnull=True).order_by("pk"),
        _ID | _same("email", "name", "title", "language", "phone", "consent_at", "created_at"),
        custom=True,
    ),
    "memberships": Table(
        lambda: Membership.objects.select_related("person", "account").order_by("pk"),
        {"person_id": "person.external_id"} | _OF_ACCOUNT | _same("role", "since", "until"),
    ),
    "plans": Table(
        lambda: Plan.objects.order_by("pk"),
        _ID | _same("name", "tier", "interval", "list_price", "currency", "is_top_tier"),
    ),
    "subscriptions": Table(
        _current(SubscriptionPeriod, "account", "plan"),
        _ID
        | _OF_ACCOUNT
        | {"plan_id": "plan.external_id"}
        | _same("mrr", "currency", "seats", "interval", "term_months", "started_at", "ended_at")
        | _same("renews_at", "auto_renew", "is_trial", "cancel_notified_at", "end_reason"),
    ),
    "invoices": Table(
        _current(Invoice, "account"),
        _ID | _OF_ACCOUNT | _same("amount", "currency", "issued_at", "due_at", "paid_at", "status"),
    ),
    "touchpoints": Table(
        lambda: _current(Touchpoint, "account")().prefetch_related("people"),
        _ID
        | _OF_ACCOUNT
        | _same("kind", "occurred_at", "direction", "subject", "body", "csm_email")
        | {"person_ids": "people"}
        | _same("sentiment", "minutes", "message_id", "in_reply_to"),
    ),
    "tickets": Table(
        _current(Ticket, "account", "person"),
        _ID
        | _OF_ACCOUNT
        | {"person_id": "person.external_id"}
        | _same("subject", "priority", "opened_at", "first_reply_at", "resolved_at", "csat"),
    ),
    "survey_answers": Table(
        _current(SurveyAnswer, "account", "person"),
        _ID
        | _same("kind", "score", "answered_at")
        | _OF_ACCOUNT
        | {"person_id": "person.external_id"}
        | _same("comment", "sent_at"),
    ),
    "outcomes": Table(
        _current(Outcome, "account"),
        _ID
        | _OF_ACCOUNT
        | _same("title", "metric", "target", "due_on", "status", "confirmed_at", "confirmed_by"),
    ),
    "advocacy": Table(
        _current(Advocacy, "account"), _ID | _OF_ACCOUNT | _same("kind", "occurred_at")
    ),
    "plays_log": Table(
        _current(PlayRecord, "account"),
        _OF_ACCOUNT | _same("play", "arm", "assigned_at", "propensity"),
    ),
    "costs": Table(_current(Cost), _same("month", "acquisition", "retention")),
}


def table_rows(name: str, report: Report = silent) -> Iterator[dict[str, str | None]]:
    """The rows of a table as text by the contract's columns; None where nothing is known."""
    table = _table(name)
    rows = table.rows()
    total = rows.count()
    custom = _custom_fields(rows) if table.custom else []
    for done, row in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        yield {column: _text(_follow(row, path)) for column, path in table.columns.items()} | {
            field: _text(row.custom.get(field)) for field in custom
        }
        if done % CHUNK == 0 or done == total:
            report(done, total)


def _table(name: str) -> Table:
    if name not in TABLES:
        raise TenureError(f"There is no table {name!r}; use one of {', '.join(sorted(TABLES))}.")
    return TABLES[name]


def _custom_fields(rows: QuerySet[Any]) -> list[str]:
    names: set[str] = set()
    for custom in rows.values_list("custom", flat=True).iterator(chunk_size=CHUNK):
        names.update(custom)
    return sorted(names)


def _follow(row: object, path: str) -> Any:
    """The value at a dotted path; a number indexes a list, a missing step is None."""
    value: Any = row
    for step in path.split("."):
        if value is None:
            return None
        if step.isdigit():
            value = value[int(step)] if len(value) > int(step) else None
        else:
            value = getattr(value, step)
    return value


def _text(value: Any) -> str | None:
    """A value in the contract's own notation."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if hasattr(value, "all"):
        return ";".join(person.external_id for person in value.all()) or None
    return str(value)


def table_write(name: str, path: Path, report: Report = silent) -> int:
    """Write a table as CSV or Parquet, by the file's ending; returns the number of rows."""
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    if path.suffix not in writers:
        raise TenureError(f"{path.name} must end in .csv or .parquet.")
    columns = list(_table(name).columns)
    part = path.with_name(path.name + ".part")
    count = writers[path.suffix](table_rows(name, report), columns, part)
    part.rename(path)
    return count


def _write_csv(rows: Iterable[dict[str, str | None]], columns: list[str], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is the result
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)
        if writer is None:
            csv.writer(file).writerow(columns)
    return count


def _write_parquet(rows: Iterable[dict[str, str | None]], columns: list[str], path: Path) -> int:
    writer: pq.ParquetWriter | None = None
    count = 0
    try:
        for chunk in _chunks(rows):
            names = list(chunk[0])
            schema = pa.schema([(column, pa.string()) for column in names])
            writer = writer or pq.ParquetWriter(path, schema)
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
            count += len(chunk)
        if writer is None:
            empty = pa.schema([(column, pa.string()) for column in columns])
            pq.write_table(empty.empty_table(), path)
    finally:
        if writer is not None:
            writer.close()
    return count


def _chunks(rows: Iterable[dict[str, str | None]]) -> Iterator[list[dict[str, str | None]]]:
    chunk: list[dict[str, str | None]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
