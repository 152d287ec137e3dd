"""Arrivals that product events tell, read from the event store."""

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb

from tenure.events.selectors import store_snapshot
from tenure.events.store.snapshot import Snapshot
from tenure.plays.arrivals.shape import LATE, Arrival
from tenure.plays.definition.shape import Trigger

# An event that came long after it happened counts when it happened, as `shape.counted` has it.
# The bounds of the time it happened let whole files and row groups be left unread.
_QUERY = """
SELECT account_id, min(epoch_us(counted)) FROM (
  SELECT account_id, CASE WHEN received_at - occurred_at <= to_days($late)
    THEN received_at ELSE occurred_at END AS counted
  FROM events
  WHERE event = $event AND account_id > 0 AND occurred_at > $oldest AND occurred_at <= $newest
) WHERE counted > $since AND counted <= $until
GROUP BY account_id, date_trunc('day', counted)
"""


def by_event(trigger: Trigger, since: datetime, until: datetime) -> Iterator[Arrival]:
    """The first of each account and day."""
    oldest, newest = since - LATE, until + LATE
    snapshot = store_snapshot().narrowed(since=oldest, until=newest)
    if not snapshot.files:
        return
    asked = {
        "event": trigger.event, "late": LATE.days, "since": since, "until": until,
        "oldest": oldest, "newest": newest,
    }  # fmt: skip
    for account, microseconds in _rows(snapshot, asked):
        at = datetime.fromtimestamp(microseconds // 1_000_000, UTC)
        at = at.replace(microsecond=microseconds % 1_000_000)
        because = {"kind": "event", "event": trigger.event, "on": at.date().isoformat()}
        yield Arrival(account, at, at.date(), because)


def _rows(snapshot: Snapshot, asked: dict[str, object]) -> list[tuple[int, int]]:
    with duckdb.connect(config={"threads": 1, "memory_limit": "256MB"}) as connection:
        connection.execute("SET enable_progress_bar_print = false; SET TimeZone = 'UTC'")
        if snapshot.local:
            connection.read_parquet(snapshot.paths()).create_view("events")
        else:
            connection.register("events", snapshot.dataset())
        rows: list[tuple[int, int]] = connection.execute(_QUERY, asked).fetchall()
    return rows
