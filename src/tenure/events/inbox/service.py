"""The inbox of this installation: each thread has its own, chosen by the database in use."""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tenure.events.inbox.base import Entry, Inbox, InboxRow, RejectedEvent
from tenure.events.inbox.postgres import PostgresInbox
from tenure.events.inbox.redaction import without
from tenure.events.inbox.sqlite import SqliteInbox

REDACT_SECONDS = 60.0


class _Thread(threading.local):
    inbox: Inbox | None = None
    path: Path | None = None


_thread = _Thread()


def _inbox() -> Inbox:
    path = None if connection.vendor == "postgresql" else Path(settings.INBOX_PATH)
    if _thread.inbox is None or _thread.path != path:
        close()
        _thread.inbox = PostgresInbox() if path is None else SqliteInbox(path)
        _thread.path = path
    return _thread.inbox


def append(entries: Sequence[Entry]) -> None:
    """Commit all entries at once; on return they are on disk. Raises `InboxUnavailable`."""
    _inbox().append(entries)


def read(limit: int) -> list[InboxRow]:
    """Claim up to `limit` rows, oldest first; what this thread claimed before is given back.

    Rows stay claimed until `ack`, `release`, the next `read` or the death of the process; other
    workers meanwhile get other rows (PostgreSQL) or none (SQLite).
    """
    return _inbox().read(limit)


def ack(ids: Collection[int]) -> None:
    """Delete rows whose messages are stored."""
    _inbox().ack(ids)


def release() -> None:
    """Give back what this thread has claimed and not acknowledged."""
    _inbox().release()


@contextmanager
def claim(limit: int) -> Iterator[list[InboxRow]]:
    """`read`, with `release` at the end whatever happens."""
    rows = read(limit)
    try:
        yield rows
    finally:
        release()


def depth() -> int:
    """How many events wait."""
    return _inbox().depth()


def redact(identifiers: Collection[str]) -> int:
    """Take every event out that names one of the identifiers; returns how many rows changed.

    An identifier matches a whole string anywhere in an event; one with an @ matches within
    strings too. Kept events keep their place in their row, hence their ids.
    """
    wanted = {identifier for identifier in identifiers if identifier}
    if not wanted:
        return 0
    inbox = _inbox()
    # A worker that has already read a row would store what is taken out of it here.
    with inbox.alone(REDACT_SECONDS):
        changed: dict[int, bytes | None] = {}
        for row in inbox.scan():
            left = without(row.payload, wanted)
            if left != row.payload:
                changed[row.id] = left
        forgotten = inbox.rejects_forget(wanted)
        inbox.rewrite(changed)
    # Also without a hit: freed pages of the file may still hold what was stored and deleted.
    inbox.shred()
    return len(changed) + forgotten


def rejects_read(limit: int) -> list[RejectedEvent]:
    """Rejected events not yet moved to where people see them, oldest first."""
    return _inbox().rejects_read(limit)


def rejects_delete(ids: Collection[int]) -> None:
    """Forget rejected events that have been moved."""
    _inbox().rejects_delete(ids)


def close() -> None:
    """Close this thread's inbox; the next call opens it again."""
    if _thread.inbox is not None:
        _thread.inbox.close()
        _thread.inbox = None
