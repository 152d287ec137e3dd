"""The inbox in a SQLite file of its own, so that no long transaction ever delays the door."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from tenure.events.inbox.base import (
    Dialect,
    Entry,
    InboxRow,
    InboxUnavailable,
    RejectedEvent,
    still_busy,
)

# Triggers keep the depth, because a sum over rows that carry payloads would read the whole file.
SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, dialect TEXT NOT NULL, call TEXT NOT NULL,
    key_id INTEGER NOT NULL, received_us INTEGER NOT NULL, n_events INTEGER NOT NULL,
    payload BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS reject (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_us INTEGER NOT NULL, call TEXT NOT NULL,
    place INTEGER NOT NULL, "column" TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS depth (one INTEGER PRIMARY KEY CHECK (one = 1), events INTEGER);
INSERT OR IGNORE INTO depth VALUES (1, 0);
CREATE TRIGGER IF NOT EXISTS inbox_in AFTER INSERT ON inbox BEGIN
    UPDATE depth SET events = events + NEW.n_events; END;
CREATE TRIGGER IF NOT EXISTS inbox_out AFTER DELETE ON inbox BEGIN
    UPDATE depth SET events = events - OLD.n_events; END;
"""
INSERT = "INSERT INTO inbox (dialect, call, key_id, received_us, n_events, payload) VALUES "
PLACES = "(?, ?, ?, ?, ?, ?)"
INSERT_REJECT = (
    'INSERT INTO reject (received_us, call, place, "column", value, reason)'
    " VALUES (?, ?, ?, ?, ?, ?)"
)
SELECT = "SELECT id, dialect, call, payload, key_id, received_us, n_events FROM inbox"
BUSY_SECONDS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(us: int) -> datetime:
    """The time that many microseconds after 1970, in UTC."""
    seconds, rest = divmod(us, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


class SqliteInbox:
    """Readers take turns by a lock on a file beside the database; the kernel frees it at death."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                self._connection.execute(f"PRAGMA {pragma}")
            known = self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'inbox_out'")
            if known.fetchone() is None:
                self._connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")
        except (sqlite3.Error, OSError) as error:
            raise _unavailable(path, error) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise _unavailable(self.path, error) from error

    def append(self, entries: Sequence[Entry]) -> None:
        rows = [e for e in entries if e.n_events]
        rejects = [
            (micros(r.received_at), r.call, r.index, r.column, r.value, r.reason)
            for e in entries
            for r in e.rejects
        ]
        if not rejects:
            self._insert(rows)
            return
        with self._transaction() as connection:
            self._insert(rows)
            connection.executemany(INSERT_REJECT, rejects)

    def _insert(self, rows: Sequence[Entry]) -> None:
        """One statement for all: each statement would have to win the interpreter's lock back."""
        values: list[Any] = []
        for e in rows:
            at = micros(e.received_at)
            values += (e.dialect, e.call, e.key_id, at, e.n_events, e.payload)
        if rows:
            self._all(INSERT + ", ".join([PLACES] * len(rows)), tuple(values))

    def read(self, limit: int) -> list[InboxRow]:
        if not self._take_turn():
            return []
        return [_row(row) for row in self._all(f"{SELECT} ORDER BY id LIMIT ?", (limit,))]

    def ack(self, ids: Collection[int]) -> None:
        with self._transaction() as connection:
            connection.executemany("DELETE FROM inbox WHERE id = ?", [(i,) for i in ids])

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def depth(self) -> int:
        return int(self._all("SELECT events FROM depth")[0][0])

    @contextmanager
    def alone(self, seconds: float) -> Iterator[None]:
        """Wait until no worker holds rows, and keep it so within the block."""
        until = time.monotonic() + seconds
        while not self._take_turn():
            if time.monotonic() > until:
                raise still_busy()
            time.sleep(0.05)
        try:
            yield
        finally:
            self.release()

    def scan(self) -> Iterator[InboxRow]:
        last = 0
        while rows := self._all(f"{SELECT} WHERE id > ? ORDER BY id LIMIT 200", (last,)):
            yield from (_row(row) for row in rows)
            last = rows[-1][0]

    def rewrite(self, changed: dict[int, bytes | None]) -> None:
        with self._transaction() as connection:
            for key, payload in changed.items():
                if payload is None:
                    connection.execute("DELETE FROM inbox WHERE id = ?", (key,))
                else:
                    connection.execute("UPDATE inbox SET payload = ? WHERE id = ?", (payload, key))

    def shred(self) -> None:
        """Rewrite the file: freed pages and the log would still hold what was deleted."""
        try:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise _unavailable(self.path, error) from error

    def rejects_read(self, limit: int) -> list[RejectedEvent]:
        rows = self._all(
            'SELECT received_us, call, place, "column", value, reason, id FROM reject'
            " ORDER BY id LIMIT ?",
            (limit,),
        )
        return [RejectedEvent(moment(us), *rest) for us, *rest in rows]

    def rejects_delete(self, ids: Collection[int]) -> None:
        with self._transaction() as connection:
            connection.executemany("DELETE FROM reject WHERE id = ?", [(i,) for i in ids])

    def rejects_forget(self, needles: Collection[str]) -> int:
        with self._transaction() as connection:
            return sum(
                connection.execute("DELETE FROM reject WHERE instr(value, ?) > 0", (n,)).rowcount
                for n in needles
            )

    def close(self) -> None:
        self.release()
        self._connection.close()

    def _take_turn(self) -> bool:
        if self._lock is not None:
            return True
        handle = os.open(f"{self.path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _unavailable(self.path, error) from error


def _row(row: tuple[Any, ...]) -> InboxRow:
    key, dialect, call, payload, key_id, us, n_events = row
    return InboxRow(key, cast("Dialect", dialect), call, payload, key_id, moment(us), n_events)


def _unavailable(path: Path, error: Exception) -> InboxUnavailable:
    return InboxUnavailable(
        f"The inbox {path} cannot be used ({error}); check free space and permissions."
    )
