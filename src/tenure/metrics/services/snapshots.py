"""Bulk writes of the account snapshots and series from a computed block."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from django.db import connection

from tenure.core import clock
from tenure.metrics.compile.span import EPOCH, week_monday
from tenure.metrics.compile.usage import SYSTEM
from tenure.metrics.models import AccountSeries, AccountSnapshot
from tenure.metrics.panel import files
from tenure.metrics.panel.compute import Block
from tenure.metrics.panel.slices import Box

SPARK_WEEKS = 12
CHUNK = 2_000
PORTION = 200


def snapshots_write(*, block: Block, keys: list[str], first_week: int) -> int:
    """Replace snapshot and series of every account of a block; how many accounts."""
    rows = block.rows
    if block.box.first > first_week:
        box = block.box
        before = Box(box.account_from, box.account_to, first_week, box.first - 1)
        stored = files.read([*keys, *SYSTEM], before)
        rows = pa.concat_tables([stored.select(rows.column_names), rows])
    total = 0
    for portion in _portions(rows):
        total += _portion_write(portion, block, keys)
    return total


def _portions(rows: pa.Table) -> Iterator[pa.Table]:
    """The rows of some accounts at a time: lists by account need memory in proportion."""
    rows = rows.sort_by([("account_id", "ascending"), ("week", "ascending")])
    accounts = rows["account_id"].to_numpy()
    starts = np.flatnonzero(np.diff(accounts, prepend=-1))
    edges = [*starts[::PORTION], len(accounts)]
    for start, end in pairwise(edges):
        yield rows.slice(start, end - start)


def _portion_write(rows: pa.Table, block: Block, keys: list[str]) -> int:
    with duckdb.connect(config={"threads": 2, "memory_limit": "256MB"}) as engine:
        engine.register("panel", rows)
        series = engine.sql(_series_sql(keys)).fetchall()
        newest = engine.sql(_newest_sql(keys)).fetchall()
    now = clock.now()
    _upsert(
        AccountSeries._meta.db_table,
        ("account_id", "first_week", "series", "computed_at"),
        [(account, week_monday(first), text, now) for account, first, text in series],
    )
    _upsert(
        AccountSnapshot._meta.db_table,
        _SNAPSHOT,
        [_snapshot(row, block, now) for row in newest],
    )
    return len(newest)


_SNAPSHOT = (
    "account_id",
    "as_of",
    "values",
    "coverage",
    "last_active_at",
    "active_people",
    "spark",
    "computed_at",
)


def _snapshot(row: tuple[Any, ...], block: Block, now: datetime) -> tuple[Any, ...]:
    account, values, spark, people, active_us, event_day = row
    days = dict(block.newest.get(account, {}))
    if event_day is not None:
        days["events"] = event_day
    coverage = {
        source: (EPOCH + timedelta(days=days[source])).isoformat() if source in days else None
        for source in ("events", "tickets", "touchpoints", "surveys", "invoices")
    }
    active = None
    if active_us is not None:
        active = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=active_us)
    as_of = clock.today()
    return (
        account,
        as_of,
        values,
        json.dumps(coverage),
        active,
        None if people is None else int(people),
        spark,
        now,
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _series_sql(keys: list[str]) -> str:
    lists = ", ".join(
        f"'{key}', list({_quoted(key)} ORDER BY week)"
        f"[:coalesce(max(week) FILTER (WHERE {_quoted(key)} IS NOT NULL) - min(week) + 1, 0)]"
        for key in keys
    )
    columns = f"account_id, min(week), json_object({lists})::VARCHAR"
    return f"SELECT {columns} FROM panel GROUP BY 1"  # noqa: S608 - own keys


def _newest_sql(keys: list[str]) -> str:
    values = ", ".join(f"'{key}', arg_max_null({_quoted(key)}, week)" for key in keys)
    people = "active_people" if "active_people" in keys else "NULL::DOUBLE"
    return f"""
        SELECT account_id, json_object({values})::VARCHAR,
          to_json(list({people} ORDER BY week)[-{SPARK_WEEKS}:])::VARCHAR,
          arg_max_null({people}, week), max(active_us), max(event_day)
        FROM panel GROUP BY 1
    """  # noqa: S608 - own keys


def _upsert(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Insert or replace by account. JSON goes in as the text DuckDB made, which spares
    parsing and printing millions of numbers in Python.
    """
    names = ", ".join(_quoted(name) for name in columns)
    json_columns = {"values", "coverage", "spark", "series"}
    postgres = connection.vendor == "postgresql"
    marks = ", ".join(
        "%s::jsonb" if postgres and name in json_columns else "%s" for name in columns
    )
    updates = ", ".join(f"{_quoted(n)} = excluded.{_quoted(n)}" for n in columns[1:])
    sql = (
        f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks}) "  # noqa: S608 - own names
        f"ON CONFLICT (account_id) DO UPDATE SET {updates}"
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            cursor.executemany(
                sql,
                [
                    [adapt(v) if isinstance(v, datetime) else v for v in row]
                    for row in rows[start : start + CHUNK]
                ],
            )
