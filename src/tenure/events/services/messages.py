"""Messages of the tracking door: identity first, then the events; and emptying the inbox."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import pyarrow as pa
from django.db import InterfaceError, OperationalError

from tenure.core import reasons
from tenure.events import inbox
from tenure.events.inbox import Entry, InboxRow, RejectedEvent
from tenure.events.messages import Message
from tenure.events.services.identity import identity_apply
from tenure.events.services.ingest import IngestResult, events_ingest
from tenure.events.services.reattribute import events_reattribute
from tenure.events.store.schema import INCOMING

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MessageRejected:
    """A message (its place among those given) that could not be taken."""

    index: int
    column: str
    reason: str


@dataclass(frozen=True)
class MessagesResult:
    """What became of messages of all kinds."""

    events: IngestResult = field(default_factory=IngestResult)
    identity: int = 0
    rejects: tuple[MessageRejected, ...] = ()


def messages_ingest(*, messages: Sequence[Message], source: str = "tracking") -> MessagesResult:
    """Take messages of all kinds; identity first, so that fewer events have to move later."""
    places = [i for i, message in enumerate(messages) if message.kind != "track"]
    applied = identity_apply(messages=[messages[i] for i in places])
    rejects = [MessageRejected(places[r.row], r.column, r.reason) for r in applied.rejects]
    tracks = [i for i, message in enumerate(messages) if message.kind == "track"]
    events = IngestResult()
    if tracks:
        events = events_ingest(table=_table([messages[i] for i in tracks]), source=source)
        rejects += [MessageRejected(tracks[r.row], r.column, r.reason) for r in events.rejects]
    return MessagesResult(events, applied.taken, tuple(rejects))


def _table(tracks: Sequence[Message]) -> pa.Table:
    encode = msgspec.json.Encoder().encode
    columns = {
        "message_id": [m.message_id for m in tracks],
        "event": [m.event for m in tracks],
        "occurred_at": [m.occurred_at for m in tracks],
        "received_at": [m.received_at for m in tracks],
        "user_id": [m.user_id for m in tracks],
        "anonymous_id": [m.anonymous_id for m in tracks],
        "account_id": [m.account_id for m in tracks],
        "properties": [encode(m.properties).decode() if m.properties else None for m in tracks],
    }
    return pa.table(columns, schema=INCOMING)


@dataclass(frozen=True)
class DrainResult:
    """What one reading of the inbox brought. `rows` are requests, each of some messages."""

    rows: int = 0
    messages: int = 0
    stored: int = 0
    duplicate: int = 0
    waiting: int = 0
    identity: int = 0
    rejected: int = 0


def inbox_drain(*, limit: int = 2_000) -> DrainResult:
    """Store what waits in the inbox, at most `limit` requests; acknowledged once it is stored.

    Dying anywhere loses nothing and doubles nothing: rows not acknowledged are read again, and
    their messages are known by their ids. A row that cannot be stored does not hold up the others:
    its messages are kept as rejects.
    """
    with inbox.claim(limit) as rows:
        parts = list(_store(rows)) if rows else []
        inbox.ack([row.id for row in rows])
    identity = sum(part.identity for part in parts)
    if identity:
        events_reattribute()
    return DrainResult(
        rows=len(rows),
        messages=sum(part.messages for part in parts),
        stored=sum(part.stored for part in parts),
        duplicate=sum(part.duplicate for part in parts),
        waiting=sum(part.waiting for part in parts),
        identity=identity,
        rejected=sum(part.rejected for part in parts),
    )


def _store(rows: Sequence[InboxRow]) -> Iterator[DrainResult]:
    """Store rows together; when they cannot be, half by half down to the one at fault."""
    origin = [(row, message) for row in rows for message in inbox.parse(row)]
    try:
        result = messages_ingest(messages=[message for _row, message in origin])
    except (OperationalError, InterfaceError, OSError, MemoryError):
        raise  # The place to store to is at fault, not what is stored: all is tried again later.
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not hold up the others
        if len(rows) > 1:
            middle = len(rows) // 2
            yield from _store(rows[:middle])
            yield from _store(rows[middle:])
            return
        _log.exception("A request of the inbox could not be stored; it is kept as rejects.")
        reason = reasons.NOT_STORED % {"error": type(error).__name__}
        every = [MessageRejected(i, "event", reason) for i in range(len(origin))]
        _rejects_keep(origin, every)
        yield DrainResult(messages=len(origin), rejected=len(origin))
        return
    _rejects_keep(origin, result.rejects)
    yield DrainResult(
        messages=len(origin),
        stored=result.events.stored,
        duplicate=result.events.duplicate,
        waiting=result.events.waiting,
        identity=result.identity,
        rejected=len(result.rejects),
    )


def _rejects_keep(
    origin: Sequence[tuple[InboxRow, Message]], rejects: Sequence[MessageRejected]
) -> None:
    """Put what could not be taken where the door puts its rejects, for people to see."""
    if not rejects:
        return
    entries = []
    for reject in rejects:
        row, message = origin[reject.index]
        fault = RejectedEvent(
            row.received_at,
            row.call,
            reject.index,
            reject.column,
            str(getattr(message, reject.column, ""))[:200],
            reject.reason,
        )
        entries.append(Entry(row.dialect, row.call, b"", row.key_id, row.received_at, 0, (fault,)))
    inbox.append(entries)
