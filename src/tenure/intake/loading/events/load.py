"""Checking batches of events and handing the good ones to the event store."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.core import reasons
from tenure.events.services import events_ingest
from tenure.intake.loading.events.batches import Batch, batches
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.rejects import Refusals
from tenure.intake.loading.report import Progress
from tenure.intake.loading.rows import Tally, Terms

EVENT_LIMIT = 32 * 1024
_STAMP = pa.timestamp("us", tz="UTC")
# Of each row the first fault: its number is the place in _FAULTS, 0 is none.
_FAULTS = (
    ("", ""),
    ("event", reasons.EMPTY),
    ("timestamp", reasons.EMPTY),
    ("timestamp", reasons.NOT_TIME),
    ("timestamp", reasons.OUTSIDE_YEARS % {"first": 1970, "last": 2199}),
    ("user_id", reasons.ONE_OF_NEEDED % {"columns": "user_id, account_id, anonymous_id"}),
    ("properties", reasons.NOT_OBJECT),
    ("properties", reasons.LARGE_ROW % {"most": f"{EVENT_LIMIT:,}"}),
    ("event", reasons.BROKEN_ROW),
)
_CHECK = """
WITH plain AS (
    SELECT
        nullif(trim(event), '') AS event,
        nullif(trim("timestamp"), '') AS stamp,
        nullif(trim(user_id), '') AS user_id,
        nullif(trim(account_id), '') AS account_id,
        nullif(trim(anonymous_id), '') AS anonymous_id,
        nullif(trim(message_id), '') AS message_id,
        nullif(trim(properties), '') AS properties
    FROM batch
), timed AS (
    SELECT *, try_cast(stamp AS TIMESTAMPTZ) AS moment,
        coalesce(strlen(event), 0) + coalesce(strlen(properties), 0) + coalesce(strlen(user_id), 0)
        + coalesce(strlen(account_id), 0) + coalesce(strlen(anonymous_id), 0)
        + coalesce(strlen(message_id), 0) AS size
    FROM plain
)
SELECT event, user_id, account_id, anonymous_id, message_id, properties, moment AS occurred_at,
    CASE
        WHEN contains(concat(event, user_id, account_id, anonymous_id, message_id, properties),
            chr(0)) THEN 8
        WHEN event IS NULL THEN 1
        WHEN stamp IS NULL THEN 2
        WHEN moment IS NULL OR NOT isfinite(moment) THEN 3
        WHEN moment < TIMESTAMPTZ '1970-01-01 00:00:00+00'
            OR moment >= TIMESTAMPTZ '2200-01-01 00:00:00+00' THEN 4
        WHEN user_id IS NULL AND account_id IS NULL AND anonymous_id IS NULL THEN 5
        WHEN size > $limit THEN 7
        WHEN properties IS NOT NULL AND NOT json_valid(properties) THEN 6
        WHEN properties IS NOT NULL AND json_type(properties) <> 'OBJECT' THEN 6
        ELSE 0
    END AS fault
FROM timed
"""


def load_events(
    feed: Feed, terms: Terms, rejects: Refusals, progress: Progress, *, store: bool = True
) -> Tally:
    """Load a feed of events; without `store` only look which of them would be handed over."""
    tally = Tally()
    with duckdb.connect(config={"threads": 2}) as connection:
        # what casts without a zone mean; as a connect option it comes before time zones exist
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar_print = false")
        for batch in batches(feed):
            for record in batch.broken:
                rejects.add(record.line, "", record.cells[0], record.problem)
            _load(connection, batch, terms, rejects, tally, store=store)
            progress("events", feed.source.done, feed.source.size)
    return tally


def _load(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    terms: Terms,
    rejects: Refusals,
    tally: Tally,
    *,
    store: bool,
) -> None:
    if not batch.table.num_rows:
        return
    connection.register("batch", batch.table)
    checked = connection.execute(_CHECK, {"limit": EVENT_LIMIT}).to_arrow_table()
    connection.unregister("batch")
    faults = checked["fault"].to_numpy()
    for bad in np.flatnonzero(faults).tolist():
        column, reason = _FAULTS[faults[bad]]
        rejects.add(int(batch.lines[bad]), column, batch.table[column][bad].as_py(), reason)
    sound = np.flatnonzero(faults == 0)
    tally.read += len(sound)
    if not store:
        return
    events = checked.drop_columns(["fault"]).take(pa.array(sound)) if faults.any() else checked
    result = events_ingest(table=_stamped(events, terms), source="file")
    tally.loaded += result.stored
    tally.unchanged += result.duplicate
    for reject in result.rejects:
        row = int(sound[reject.row])
        value = batch.table[reject.column][row].as_py()
        rejects.add(int(batch.lines[row]), reject.column, value, reject.reason)


def _stamped(events: pa.Table, terms: Terms) -> pa.Table:
    """With the time of receipt: now, or in a history when each event happened."""
    occurred = pc.cast(events["occurred_at"], _STAMP)
    at = pa.repeat(pa.scalar(terms.at, _STAMP), events.num_rows)
    received = pc.if_else(pc.less(occurred, at), occurred, at) if terms.history else at
    names = ["message_id", "event", "user_id", "anonymous_id", "account_id", "properties"]
    return (
        events.select(names)
        .append_column("occurred_at", occurred)
        .append_column("received_at", received)
    )
