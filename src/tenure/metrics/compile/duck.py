"""DuckDB behind the base tables: one connection of its own for each thread, little memory."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from tenure.metrics.compile.engine import DAY_US
from tenure.metrics.compile.panel import BASE, PEOPLE, Plan

_MACROS = """
CREATE TEMP MACRO tenure_path(name) AS '$."' || replace(name, '.', '"."') || '"';
CREATE TEMP MACRO tenure_text(properties, name) AS
  CASE WHEN json_valid(properties) THEN json_extract_string(properties, tenure_path(name)) END;
CREATE TEMP MACRO tenure_number(properties, name) AS
  CASE WHEN regexp_full_match(tenure_text(properties, name),
      '-?[0-9]{1,300}(\\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?')
    THEN try_cast(tenure_text(properties, name) AS DOUBLE) END;
CREATE TEMP MACRO tenure_median(arr) AS list_aggregate(arr, 'median');
CREATE TEMP MACRO tenure_mad(arr) AS list_aggregate(arr, 'mad');
"""
_EVENTS = """
CREATE OR REPLACE TEMP VIEW tenure_events AS
SELECT account_id, if(person_id > 0, person_id, -actor_id) AS person_id, event,
  epoch_us(occurred_at) AS us, epoch_us(occurred_at) // 86400000000 AS day, properties
FROM {source} WHERE account_id BETWEEN {account_from} AND {account_to} AND account_id > 0
  AND occurred_at >= make_timestamptz({us_from}) AND occurred_at < make_timestamptz({us_to})
"""
_NO_EVENTS = """
(SELECT NULL::BIGINT AS account_id, 0::BIGINT AS person_id, 0::BIGINT AS actor_id,
  '' AS event, TIMESTAMPTZ '1970-01-01 00:00:00+00' AS occurred_at, '' AS properties LIMIT 0)
"""


class DuckEngine:
    """Runs queries over the base tables. Not for sharing between threads.

    Args:
        memory: DuckDB's own limit; what exceeds it goes to a temporary folder.
        threads: How many threads one query may use.
        filesystem: An fsspec file system for event files that are not local.
    """

    name = "duckdb"
    events_at_once = 800_000
    rows_at_once = 300_000

    def __init__(
        self, *, memory: str = "128MB", threads: int = 2, filesystem: Any | None = None
    ) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="tenure-metrics-")
        self.connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": self._spill.name,
                "preserve_insertion_order": False,
            }
        )
        self.connection.execute("SET TimeZone='UTC'")
        self.connection.execute(_MACROS)
        if filesystem is not None:
            self.connection.register_filesystem(filesystem)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection and its temporary folder."""
        self.connection.close()
        self._spill.cleanup()

    def events(
        self, paths: Sequence[str], accounts: tuple[int, int], days: tuple[int, int]
    ) -> None:
        """Put the events of some files, accounts and days (all inclusive) behind their name."""
        quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        source = f"read_parquet([{quoted}])" if paths else _NO_EVENTS
        self.connection.execute(
            _EVENTS.format(
                source=source,
                account_from=accounts[0],
                account_to=accounts[1],
                us_from=days[0] * DAY_US,
                us_to=(days[1] + 1) * DAY_US,
            )
        )

    def put(self, name: str, table: pa.Table) -> None:
        """Put an Arrow table behind a name."""
        self.connection.register(name, table)

    def run(self, plan: Plan, parts: Sequence[Mapping[str, int]], *, seeded: bool) -> pa.Table:
        """The rows of a plan, for parts of a span with what the plan leaves open filled in."""
        for number, values in enumerate(parts):
            for name, value in values.items():
                self.connection.execute(f"CREATE OR REPLACE TEMP MACRO {name}() AS {value}::BIGINT")
            self._keep(PEOPLE, plan.people_sql(self.name))
            self._keep(f"{BASE}_{number}", plan.base_sql(self.name))
            self.connection.execute(f"DROP TABLE {PEOPLE}")
        sql = plan.rows_sql(self.name, parts=len(parts), seeded=seeded)
        return self.connection.sql(sql).to_arrow_table()

    def _keep(self, name: str, sql: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def event_counts(self) -> pa.Table:
        """account_id, n (its events) and day (the first of them), of the events that were put."""
        return self.connection.sql(
            "SELECT account_id, count(*) AS n, min(day) AS day FROM tenure_events "
            "GROUP BY 1 ORDER BY 1"
        ).to_arrow_table()


def local_paths(folder: Path) -> list[str]:
    """All Parquet files under a folder."""
    return sorted(str(path) for path in folder.rglob("*.parquet"))
