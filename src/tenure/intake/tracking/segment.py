"""Taking requests in Segment's protocol."""

from datetime import datetime
from typing import Any

import msgspec

from tenure.core import reasons
from tenure.events.inbox import segment as protocol
from tenure.intake.tracking.taking import (
    Dialect,
    Fault,
    Taken,
    fits,
    object_of,
    plausible,
    salvage,
)

BATCHES = frozenset({"batch", "import"})
_read_batch = msgspec.json.Decoder(protocol.Batch).decode
_NOBODY = Fault("userId", reasons.NAMES_NOBODY)


def take(call: str, body: bytes, received_at: datetime) -> Taken:
    """What of the request is kept; raises 400 when it cannot be read at all."""
    if call not in BATCHES:
        return _take_single(call, body, received_at)
    try:
        batch = _read_batch(body)
        if _sound(batch, body):
            return Taken(body, len(batch.batch), batch.write_key)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # judged event by event below
    return _salvage(call, object_of(body), received_at)


def _take_single(call: str, body: bytes, received_at: datetime) -> Taken:
    event = object_of(body)
    event["type"] = call
    envelope = {"batch": [event], "writeKey": event.pop("writeKey", None)}
    return _salvage(call, envelope, received_at)


def _salvage(call: str, body: dict[str, Any], received_at: datetime) -> Taken:
    key = body.get("writeKey")
    payload, n_events, rejects = salvage(body, DIALECT, call, received_at)
    return Taken(payload, n_events, key if isinstance(key, str) else None, rejects)


def _sound(batch: protocol.Batch, body: bytes) -> bool:
    """Whether nothing needs a closer look. This runs for every event there is: keep it short."""
    for event in batch.batch:
        if event is None or not (event.user_id or event.anonymous_id):
            return False
        stamp = event.timestamp
        if stamp.__class__ is datetime and 1990 < stamp.year < 9999:
            continue
        if not (plausible(stamp) and plausible(event.original_timestamp)):
            return False
    return plausible(batch.sent_at) and fits(body, len(batch.batch))


def _fault(event: protocol.Event, given: dict[str, Any]) -> Fault | None:
    if event.user_id not in {None, ""} or event.anonymous_id not in {None, ""}:
        return None
    if isinstance(event, protocol.Group):
        return None
    if isinstance(event, protocol.Identify | protocol.Alias):
        return Fault("userId", reasons.NAMES_NO_USER)
    return None if protocol.account_of(event, protocol.found_in(event)) else _NOBODY


DIALECT: Dialect[protocol.Event] = Dialect(
    read=msgspec.json.Decoder(protocol.Event).decode,
    fault=_fault,
    times=("timestamp", "originalTimestamp", "sentAt"),
    kept=("sentAt", "context"),
)
