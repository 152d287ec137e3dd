"""PostgreSQL's side of bench/metrics.py: one set-wise statement, and metric by metric.

Metric by metric is how "Fighting Churn with Data" (C. Gold, 2020) computes them: a table `metric`,
and for each metric an INSERT … SELECT that joins a series of dates with a trailing window of the
indexed event table. Metrics of metrics are joined from that table.
"""

import io
import sys
import time
from pathlib import Path

import duckdb
import psycopg

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

SETTINGS = [
    "fsync=off",
    "full_page_writes=off",
    "max_connections=20",
    "shared_buffers=1GB",
    "work_mem=256MB",
    "maintenance_work_mem=512MB",
    "effective_cache_size=4GB",
    "max_parallel_workers_per_gather=2",
    "max_parallel_workers=2",
    "max_wal_size=8GB",
    "jit=off",
    "timezone=UTC",
]
WINDOW = """
INSERT INTO metric SELECT account_id, day, '{key}', {value}
FROM event JOIN dates ON occurred_at < day + 1 AND occurred_at >= day + 1 - {days}
{where} GROUP BY 1, 2
"""
TRAILING = [
    ("events", "count(*)", 7, ""),
    ("active_people", "count(DISTINCT person_id)", 7, ""),
    ("active_people_28d", "count(DISTINCT person_id)", 28, ""),
    ("active_days", "count(DISTINCT occurred_at::date)", 7, ""),
    ("feature_breadth", "count(DISTINCT event)", 7, ""),
    ("exports_value", "sum(amount)", 28, "WHERE event IN ('export', 'report_exported')"),
]
RATIO = """
INSERT INTO metric SELECT a.account_id, a.day, '{key}', a.value / nullif(b.value, 0)
FROM metric a JOIN metric b USING (account_id, day) WHERE a.name = '{over}' AND b.name = '{by}'
"""
BACK = """
INSERT INTO metric SELECT a.account_id, a.day, '{key}', {value}
FROM metric a JOIN metric b ON b.account_id = a.account_id AND b.name = '{of}'
  AND b.day BETWEEN a.day - {first} AND a.day - {last}
WHERE a.name = '{of}' GROUP BY a.account_id, a.day
"""
LAST = """
INSERT INTO metric SELECT account_id, day, 'days_since_active', day - max(occurred_at::date)
FROM event JOIN dates ON occurred_at < day + 1 GROUP BY 1, 2
"""


def statements() -> list[str]:
    """One for each of the twelve metrics (the baseline takes the median's spread as one more)."""
    made = [WINDOW.format(key=k, value=v, days=d, where=w) for k, v, d, w in TRAILING]
    made += [
        LAST,
        RATIO.format(key="stickiness", over="active_people", by="active_people_28d"),
        RATIO.format(key="events_per_person", over="events", by="active_people"),
        BACK.format(
            key="usage_trend",
            value="regr_slope(ln(1 + b.value), b.day - a.day)",
            of="events",
            first=49,
            last=0,
        ),
        BACK.format(
            key="active_weeks_share_26",
            value="avg((b.value > 0)::int)",
            of="active_people",
            first=175,
            last=0,
        ),
        BACK.format(
            key="usage_vs_baseline",
            value="percentile_cont(0.5) WITHIN GROUP (ORDER BY b.value)",
            of="events",
            first=182,
            last=7,
        ),
    ]
    return made


def measure_postgres(home: Path, accounts: int) -> dict[str, float]:
    """Seconds of both ways, loading not counted."""
    from tests.postgres import PostgresServer

    server = PostgresServer.start(SETTINGS)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            load(connection, home)
            begin = time.perf_counter()
            text = (HERE / "metrics_sql" / "postgres.sql").read_text()
            connection.execute(text.replace(":accounts", str(accounts)).encode())
            in_one = time.perf_counter() - begin
            return {"set": in_one, "book": one_by_one(connection)}
    finally:
        server.stop()


def load(connection: psycopg.Connection, home: Path) -> None:
    connection.execute(
        "CREATE UNLOGGED TABLE event (account_id bigint, person_id bigint, event text,"
        " occurred_at timestamptz, amount float8)"
    )
    for path in sorted((home / "events").glob("20*/*.parquet")):
        with duckdb.connect() as source:
            source.execute("SET TimeZone='UTC'")
            rows = source.execute(
                "SELECT account_id, person_id, event, occurred_at,"
                f" (properties ->> '$.value')::DOUBLE AS amount FROM '{path}'"
            )
            copy(connection, rows)
    connection.execute("CREATE INDEX ON event (account_id, occurred_at)")
    connection.execute("CREATE INDEX ON event (occurred_at)")
    connection.execute("VACUUM ANALYZE event")


def copy(connection: psycopg.Connection, rows: duckdb.DuckDBPyConnection) -> None:
    import pyarrow.csv as pc

    with (
        connection.cursor() as cursor,
        cursor.copy("COPY event FROM STDIN (FORMAT csv)") as target,
    ):
        for batch in rows.to_arrow_reader(200_000):
            text = io.BytesIO()
            pc.write_csv(batch, text, pc.WriteOptions(include_header=False))
            target.write(text.getvalue())


def one_by_one(connection: psycopg.Connection) -> float:
    connection.execute(
        "CREATE UNLOGGED TABLE metric (account_id bigint, day date, name text, value float8);"
        "CREATE INDEX ON metric (name, account_id, day);"
        "CREATE TABLE dates AS SELECT generate_series(DATE '2024-01-07', DATE '2025-12-28',"
        " '7 days')::date AS day; ANALYZE dates"
    )
    begin = time.perf_counter()
    for statement in statements():
        connection.execute(statement.encode())
        if statement.startswith("\nINSERT INTO metric SELECT account_id"):
            connection.execute("ANALYZE metric")
    return time.perf_counter() - begin
