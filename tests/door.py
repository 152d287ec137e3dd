"""What a live server has taken, read from its database without starting Django there."""

from dataclasses import dataclass
from pathlib import Path

import psycopg

from tenure.events.inbox import InboxRow, RejectedEvent, parse
from tenure.events.inbox.postgres import COLUMNS
from tenure.events.inbox.sqlite import SqliteInbox
from tenure.events.messages import Message
from tests.installation import Installation

REJECTS = 'received_at, call, place, "column", value, reason, id'


@dataclass(frozen=True)
class Found:
    rows: list[InboxRow]
    rejects: list[RejectedEvent]

    @property
    def messages(self) -> list[Message]:
        return [message for row in self.rows for message in parse(row)]


def taken(installation: Installation) -> Found:
    """Everything that waits in the inbox; it is taken out."""
    if url := installation.env.get("TENURE_DATABASE_URL"):
        return _from_postgres(url)
    inbox = SqliteInbox(Path(installation.home) / "inbox.sqlite3")
    try:
        found = Found(inbox.read(100_000), inbox.rejects_read(100_000))
        inbox.ack([row.id for row in found.rows])
        inbox.rejects_delete([reject.id for reject in found.rejects])
        return found
    finally:
        inbox.close()


def _from_postgres(url: str) -> Found:
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"DELETE FROM events_inbox RETURNING {COLUMNS}").fetchall()
        rejects = connection.execute(f"DELETE FROM events_inbox_reject RETURNING {REJECTS}")
        return Found(
            sorted((InboxRow(*row) for row in rows), key=lambda row: row.id),
            [RejectedEvent(*row) for row in rejects.fetchall()],
        )
