"""The inbox as two tables of the main PostgreSQL database, on this thread's Django connection."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.backends.utils import CursorWrapper

from tenure.events.inbox.base import (
    Dialect,
    Entry,
    InboxRow,
    InboxUnavailable,
    RejectedEvent,
    still_busy,
)

LEASE_SECONDS = 300
INSERT = (
    "INSERT INTO events_inbox (dialect, call, key_id, received_at, n_events, payload) "
    "SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::int[],"
    " %s::bytea[])"
)
INSERT_REJECT = (
    'INSERT INTO events_inbox_reject (received_at, call, place, "column", value, reason)'
    " VALUES (%s, %s, %s, %s, %s, %s)"
)
COLUMNS = "id, dialect, call, payload, key_id, received_at, n_events"
# A lease ends with the session that took it (its worker died) or with its time, whichever is first.
FREE = """(lease IS NULL OR leased_until < now() OR NOT EXISTS (
    SELECT 1 FROM pg_stat_activity WHERE pid = leased_by
    AND backend_start IS NOT DISTINCT FROM session_started))"""
CLAIM = f"""
UPDATE events_inbox SET lease = %s, leased_by = pg_backend_pid(),
    session_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
    leased_until = now() + make_interval(secs => {LEASE_SECONDS})
WHERE id IN (
    SELECT id FROM events_inbox WHERE {FREE} ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING {COLUMNS}"""  # noqa: S608 - constants only
HELD = f"""
WITH locked AS (SELECT * FROM events_inbox FOR UPDATE)
SELECT count(*) FROM locked WHERE NOT {FREE} AND lease <> %s"""  # noqa: S608


class PostgresInbox:
    """Many readers at once: each claims rows nobody else holds."""

    def __init__(self) -> None:
        self._lease = ""
        self._session: object = None

    def append(self, entries: Sequence[Entry]) -> None:
        kept = [e for e in entries if e.n_events]
        rejects = [
            (r.received_at, r.call, r.index, r.column, r.value, r.reason)
            for e in entries
            for r in e.rejects
        ]
        with _cursor() as cursor:
            self._durable(cursor)
            if not rejects:  # one statement commits itself
                _insert(cursor, kept)
                return
            with transaction.atomic():
                _insert(cursor, kept)
                cursor.executemany(INSERT_REJECT, rejects)

    def _durable(self, cursor: CursorWrapper) -> None:
        """Whatever the server's default: what is acknowledged is on disk. Once a connection."""
        if self._session is not connection.connection:
            cursor.execute("SET synchronous_commit = on")
            self._session = connection.connection

    def read(self, limit: int) -> list[InboxRow]:
        self.release()
        self._lease = uuid4().hex
        with _cursor() as cursor:
            cursor.execute(CLAIM, [self._lease, limit])
            return sorted((_row(row) for row in cursor.fetchall()), key=lambda row: row.id)

    def ack(self, ids: Collection[int]) -> None:
        with _cursor() as cursor:
            cursor.execute("DELETE FROM events_inbox WHERE id = ANY(%s)", [list(ids)])

    def release(self) -> None:
        if self._lease:
            with _cursor() as cursor:
                cursor.execute(
                    "UPDATE events_inbox SET lease = NULL WHERE lease = %s", [self._lease]
                )
            self._lease = ""

    def depth(self) -> int:
        with _cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(n_events), 0) FROM events_inbox")
            return int(cursor.fetchone()[0])

    @contextmanager
    def alone(self, seconds: float) -> Iterator[None]:
        """Wait until no worker holds rows, and lock them all within the block."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with _cursor() as cursor, transaction.atomic():
                cursor.execute(HELD, [self._lease])
                if not cursor.fetchone()[0]:
                    yield
                    return
            time.sleep(0.05)
        raise still_busy()

    def scan(self) -> Iterator[InboxRow]:
        last = 0
        while True:
            with _cursor() as cursor:
                cursor.execute(
                    f"SELECT {COLUMNS} FROM events_inbox WHERE id > %s ORDER BY id LIMIT 200",  # noqa: S608
                    [last],
                )
                rows = [_row(row) for row in cursor.fetchall()]
            if not rows:
                return
            yield from rows
            last = rows[-1].id

    def rewrite(self, changed: dict[int, bytes | None]) -> None:
        with _cursor() as cursor, transaction.atomic():
            for key, payload in changed.items():
                if payload is None:
                    cursor.execute("DELETE FROM events_inbox WHERE id = %s", [key])
                else:
                    cursor.execute(
                        "UPDATE events_inbox SET payload = %s WHERE id = %s", [payload, key]
                    )

    def shred(self) -> None:
        """Nothing to do: autovacuum reuses the space, and no file is in the users' hands."""

    def rejects_read(self, limit: int) -> list[RejectedEvent]:
        with _cursor() as cursor:
            cursor.execute(
                'SELECT received_at, call, place, "column", value, reason, id'
                " FROM events_inbox_reject ORDER BY id LIMIT %s",
                [limit],
            )
            return [RejectedEvent(*row) for row in cursor.fetchall()]

    def rejects_delete(self, ids: Collection[int]) -> None:
        with _cursor() as cursor:
            cursor.execute("DELETE FROM events_inbox_reject WHERE id = ANY(%s)", [list(ids)])

    def rejects_forget(self, needles: Collection[str]) -> int:
        with _cursor() as cursor:
            cursor.execute(
                "DELETE FROM events_inbox_reject WHERE EXISTS"
                " (SELECT 1 FROM unnest(%s::text[]) AS n WHERE strpos(value, n) > 0)",
                [[n.replace("\x00", "") for n in needles]],
            )
            return int(cursor.rowcount)

    def close(self) -> None:
        if not connection.in_atomic_block:
            connection.close()


def _insert(cursor: CursorWrapper, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    columns = zip(
        *((e.dialect, e.call, e.key_id, e.received_at, e.n_events, e.payload) for e in entries),
        strict=True,
    )
    cursor.execute(INSERT, [list(column) for column in columns])


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    """A cursor; a connection that broke is dropped, so that the next call opens another."""
    try:
        with connection.cursor() as cursor:
            yield cursor
    except (DatabaseError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        raise InboxUnavailable(
            f"The database cannot be used ({error}); check that it runs and has space."
        ) from error


def _row(row: tuple[Any, ...]) -> InboxRow:
    key, dialect, call, payload, key_id, received_at, n_events = row
    moment = cast("datetime", received_at)
    return InboxRow(
        key, cast("Dialect", dialect), call, bytes(payload), key_id, moment, int(n_events)
    )
