"""What an engine must be able to do to compute a plan."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from tenure.metrics.compile.panel import Plan

DAY_US = 86_400_000_000


class Engine(Protocol):
    """Holds data behind the names of the base tables, and runs plans over them."""

    name: str
    events_at_once: int
    rows_at_once: int

    def events(
        self, paths: Sequence[str], accounts: tuple[int, int], days: tuple[int, int]
    ) -> None:
        """Put the events of some files, accounts and days (all inclusive) behind their name."""

    def put(self, name: str, table: pa.Table) -> None:
        """Put an Arrow table behind a name."""

    def run(self, plan: Plan, parts: Sequence[Mapping[str, int]], *, seeded: bool) -> pa.Table:
        """The rows of a plan, for parts of a span with what the plan leaves open filled in."""

    def event_counts(self) -> pa.Table:
        """account_id, n (its events) and day (the first of them), of the events that were put."""

    def close(self) -> None:
        """Let go of connections, processes and temporary files."""
