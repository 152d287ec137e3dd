"""PostHog's events: their shapes and what they mean."""

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Raw

from tenure.events.inbox.base import InboxRow
from tenure.events.inbox.fields import (
    EMPTY,
    LONGEST_ID,
    Name,
    OptionalId,
    Stamp,
    account_field,
    fields,
    occurred,
    text_id,
)
from tenure.events.inbox.lenient import clean_text
from tenure.events.messages import Kind, Message

# Kinds of group that are accounts, best first. Another kind counts only when it stands alone.
ACCOUNT_GROUPS = (
    "account",
    "company",
    "organization",
    "organisation",
    "customer",
    "client",
    "tenant",
    "workspace",
    "team",
)
_KINDS: dict[str, Kind] = {"$identify": "identify", "$set": "identify", "$create_alias": "alias"}
_NAMES = {"$pageview": "page", "$screen": "screen"}
LONGEST_OFFSET_MS = 86_400_000 * 30


class Event(msgspec.Struct):
    event: Name
    distinct_id: OptionalId = None
    uuid: OptionalId = None
    timestamp: Stamp = None
    offset: int | float | None = None
    properties: Raw = EMPTY
    set_: Raw = msgspec.field(default=EMPTY, name="$set")
    set_once: Raw = msgspec.field(default=EMPTY, name="$set_once")


class Batch(msgspec.Struct):
    """`null` stands where an event was rejected or erased, so that the others keep their place."""

    batch: list[Event | None]
    sent_at: Stamp = None
    api_key: str | None = None
    historical_migration: bool | None = None


_batch = msgspec.json.Decoder(Batch).decode


def messages(row: InboxRow) -> list[Message]:
    """The messages of a stored batch; a single event is stored as a batch of one."""
    batch = _batch(row.payload)
    return [
        _message(event, row, index, batch)
        for index, event in enumerate(batch.batch)
        if event is not None
    ]


def _message(event: Event, row: InboxRow, index: int, batch: Batch) -> Message:
    found = fields(event.properties)
    kind = _kind(event, found)
    user, anonymous, previous = _people(event, found, kind)
    traits: dict[str, Any] = {}
    if kind == "identify":
        parts = (
            fields(event.set_once),
            found.get("$set_once"),
            fields(event.set_),
            found.get("$set"),
        )
        for part in parts:
            traits |= part if isinstance(part, dict) else {}
    elif kind == "group":
        given = found.get("$group_set")
        traits = given if isinstance(given, dict) else {}
    return Message(
        kind=kind,
        message_id=text_id(event.uuid) or row.message_id(index),
        occurred_at=_occurred(event, row, batch),
        received_at=row.received_at,
        user_id=user,
        anonymous_id=anonymous,
        account_id=_short(found.get("$group_key")) if kind == "group" else _account(found),
        previous_id=previous,
        event=_NAMES.get(event.event, clean_text(event.event)) if kind == "track" else None,
        properties=found if kind == "track" else {},
        traits=traits,
    )


def _kind(event: Event, found: dict[str, Any]) -> Kind:
    if event.event == "$groupidentify":
        known = str(found.get("$group_type")).lower() in ACCOUNT_GROUPS
        return "group" if known and _short(found.get("$group_key")) else "track"
    return _KINDS.get(event.event, "track")


def _people(
    event: Event, found: dict[str, Any], kind: Kind
) -> tuple[str | None, str | None, str | None]:
    """User id, anonymous id, previous id."""
    distinct = text_id(event.distinct_id) or _short(found.get("distinct_id"))
    if kind == "group":
        return None, None, None  # its distinct_id is made up from the group's key
    if kind == "alias":
        alias = _short(found.get("alias"))
        return alias, None, distinct if alias else None
    if kind == "identify":
        return distinct, _short(found.get("$anon_distinct_id")), None
    if _anonymous(distinct, found):
        return None, distinct, None
    return distinct, None, None


def _anonymous(distinct: str | None, found: dict[str, Any]) -> bool:
    """Whether a distinct id is a device's or made up for one event, not a user's."""
    return (
        found.get("$is_identified") is False
        or found.get("$process_person_profile") is False
        or (distinct is not None and found.get("$device_id") == distinct)
    )


def _account(found: dict[str, Any]) -> str | None:
    groups = found.get("$groups")
    if isinstance(groups, dict) and groups:
        lowered = {str(key).lower(): value for key, value in groups.items()}
        for kind in ACCOUNT_GROUPS:
            if account := _short(lowered.get(kind)):
                return account
        if len(groups) == 1 and (only := _short(next(iter(groups.values())))):
            return only
    return account_field(found)


def _short(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = text_id(value)
    return text if text and len(text) <= LONGEST_ID else None


def _occurred(event: Event, row: InboxRow, batch: Batch) -> Any:
    if event.timestamp is None and event.offset is not None and event.offset >= 0:
        return row.received_at - timedelta(milliseconds=min(event.offset, LONGEST_OFFSET_MS))
    sent = None if batch.historical_migration else batch.sent_at
    return occurred(event.timestamp, sent, row.received_at)
