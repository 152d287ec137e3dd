"""Runs the hand-written SQL of each metric over the raw files and tables."""

from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings

from tenure.accounts.models import Account
from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.core import clock
from tenure.events.selectors import store_snapshot
from tenure.metrics.selectors import catalogue_current
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

FOLDER = Path(__file__).parent / "oracles"
STAMP = pa.timestamp("us", tz="UTC")
TABLES = {
    "accounts": (Account, {"id": pa.int64(), "created_at": STAMP, "recorded_at": STAMP}),
    "tickets": (
        Ticket,
        {"account_id": pa.int64(), "opened_at": STAMP, "first_reply_at": STAMP}
        | {"resolved_at": STAMP, "csat": pa.float64()},
    ),
    "touchpoints": (
        Touchpoint,
        {"id": pa.int64(), "account_id": pa.int64(), "direction": pa.string()}
        | {"occurred_at": STAMP, "sentiment": pa.float64()},
    ),
    "answers": (
        SurveyAnswer,
        {"account_id": pa.int64(), "kind": pa.string()}
        | {"score": pa.float64(), "answered_at": STAMP},
    ),
    "invoices": (
        Invoice,
        {"account_id": pa.int64(), "status": pa.string(), "due_at": STAMP, "paid_at": STAMP},
    ),
    "periods": (
        SubscriptionPeriod,
        {"external_id": pa.string(), "account_id": pa.int64(), "seats": pa.int64()}
        | {"started_at": STAMP, "ended_at": STAMP},
    ),
}


def oracle_values() -> dict[tuple[str, int, object], float | None]:
    """(key, account, Monday) → value, as plain SQL computes it."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET TimeZone='UTC'")
        _prepare(connection)
        values = {}
        for metric in catalogue_current().metrics:
            sql = (FOLDER / f"{metric.key}.sql").read_text()
            connection.execute(f"CREATE TABLE oracle_{metric.key} AS {sql}")
            rows = connection.sql(f"FROM oracle_{metric.key}").fetchall()
            values.update({(metric.key, account, week): value for account, week, value in rows})
        return values


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    for name, (model, columns) in TABLES.items():
        rows = model.objects.all()
        if name != "accounts":
            rows = rows.filter(superseded_at__isnull=True)
        table = pa.Table.from_pylist(list(rows.values(*columns)), schema=pa.schema(columns))
        connection.register(name, table)
    paths = [f"{settings.EVENTS_URL}/{file.path}" for file in store_snapshot().files]
    if paths:
        connection.execute(f"CREATE VIEW raw_events AS SELECT * FROM read_parquet({paths!r})")
    else:
        connection.execute(
            "CREATE TABLE raw_events (account_id BIGINT, person_id BIGINT, actor_id BIGINT,"
            " event VARCHAR, occurred_at TIMESTAMPTZ, properties VARCHAR)"
        )
    connection.execute(f"CREATE MACRO today() AS DATE '{clock.today()}'")
    connection.execute((FOLDER / "_rows.sql").read_text())
