"""Segment's messages (RudderStack's are the same): their shapes and what they mean."""

from typing import Any, TypeAlias

import msgspec
from msgspec import Raw

from tenure.events.inbox.base import InboxRow
from tenure.events.inbox.fields import (
    EMPTY,
    Id,
    Name,
    OptionalId,
    Stamp,
    account_field,
    fields,
    first,
    occurred,
    text_id,
)
from tenure.events.inbox.lenient import clean_text
from tenure.events.messages import Kind, Message


class _Event(msgspec.Struct, tag_field="type", rename="camel"):
    message_id: OptionalId = None
    timestamp: Stamp = None
    original_timestamp: Stamp = None
    sent_at: Stamp = None
    user_id: OptionalId = None
    anonymous_id: OptionalId = None
    context: Raw = EMPTY


class Track(_Event, tag="track", kw_only=True):
    event: Name
    properties: Raw = EMPTY


class Page(_Event, tag="page"):
    name: str | None = None
    category: str | None = None
    properties: Raw = EMPTY


class Screen(_Event, tag="screen"):
    name: str | None = None
    category: str | None = None
    properties: Raw = EMPTY


class Identify(_Event, tag="identify"):
    traits: Raw = EMPTY


class Group(_Event, tag="group", kw_only=True):
    group_id: Id
    traits: Raw = EMPTY


class Alias(_Event, tag="alias", kw_only=True):
    previous_id: Id


Event: TypeAlias = Track | Page | Screen | Identify | Group | Alias


class Batch(msgspec.Struct, rename="camel"):
    """`null` stands where an event was rejected or erased, so that the others keep their place."""

    batch: list[Event | None]
    sent_at: Stamp = None
    write_key: str | None = None
    context: Raw = EMPTY


class Context(msgspec.Struct, rename="camel"):
    """What Tenure reads of an event's context."""

    group_id: OptionalId = None


class ContextTraits(msgspec.Struct):
    """RudderStack's libraries put the traits of an identify into its context."""

    traits: dict[str, Any] | None = None


_KINDS: dict[type[_Event], Kind] = {
    Track: "track",
    Page: "track",
    Screen: "track",
    Identify: "identify",
    Group: "group",
    Alias: "alias",
}
_batch = msgspec.json.Decoder(Batch).decode
_context = msgspec.json.Decoder(Context | None).decode
_context_traits = msgspec.json.Decoder(ContextTraits | None).decode


def messages(row: InboxRow) -> list[Message]:
    """The messages of a stored batch; a single event is stored as a batch of one."""
    batch = _batch(row.payload)
    return [
        _message(event, row, index, batch)
        for index, event in enumerate(batch.batch)
        if event is not None
    ]


def account_of(event: Event, found: dict[str, Any], shared: Raw = EMPTY) -> str | None:
    """The account an event names: its own field first, then its context, then the batch's."""
    return account_field(found) or _group(event.context) or _group(shared)


def _group(context: Raw) -> str | None:
    if len(context) <= len(EMPTY):
        return None
    try:
        read = _context(context)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return text_id(read.group_id) if read else None


def _traits_in(context: Raw) -> dict[str, Any]:
    try:
        read = _context_traits(context)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        read = None
    return (read.traits if read else None) or {}


def found_in(event: Event) -> dict[str, Any]:
    """Properties or traits, whichever the event has; a page's name and category are among them."""
    if isinstance(event, Alias):
        return {}
    if isinstance(event, Identify):
        return _traits_in(event.context) | fields(event.traits)
    if isinstance(event, Group):
        return fields(event.traits)
    found = fields(event.properties)
    if isinstance(event, Page | Screen):
        named = {"name": event.name, "category": event.category}
        found |= {key: value for key, value in named.items() if value is not None}
    return found


def _message(event: Event, row: InboxRow, index: int, batch: Batch) -> Message:
    found = found_in(event)
    if isinstance(event, Group):
        account = text_id(event.group_id)
    else:
        account = account_of(event, found, batch.context)
    traits = isinstance(event, Identify | Group)
    # An import is history: its times are meant as they stand, whenever it is sent.
    sent = None if row.call == "import" else first(batch.sent_at, event.sent_at)
    stamp = first(event.timestamp, event.original_timestamp)
    return Message(
        kind=_KINDS[type(event)],
        message_id=text_id(event.message_id) or row.message_id(index),
        occurred_at=occurred(stamp, sent, row.received_at),
        received_at=row.received_at,
        user_id=text_id(event.user_id),
        anonymous_id=text_id(event.anonymous_id),
        account_id=account,
        previous_id=text_id(event.previous_id) if isinstance(event, Alias) else None,
        event=_name(event),
        properties={} if traits else found,
        traits=found if traits else {},
    )


def _name(event: Event) -> str | None:
    if isinstance(event, Track):
        return clean_text(event.event)
    return {Page: "page", Screen: "screen"}.get(type(event))
