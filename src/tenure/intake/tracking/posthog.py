"""Taking requests in PostHog's protocol."""

from datetime import datetime
from typing import Any

import msgspec

from tenure.core import reasons
from tenure.events.inbox import posthog as protocol
from tenure.events.inbox.lenient import InvalidJson, loads
from tenure.intake.tracking.answers import invalid
from tenure.intake.tracking.taking import (
    Dialect,
    Fault,
    Taken,
    fits,
    plausible,
    salvage,
)

_read_batch = msgspec.json.Decoder(protocol.Batch).decode


def take(call: str, body: bytes, received_at: datetime) -> Taken:
    """What of the request is kept; raises 400 when it cannot be read at all.

    Every address takes a batch, a bare list of events or a single event, as PostHog's do.
    """
    try:
        batch = _read_batch(body)
        if _sound(batch, body):
            return Taken(body, len(batch.batch), batch.api_key)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # judged event by event below
    envelope = _envelope(body)
    payload, n_events, rejects = salvage(envelope, DIALECT, call, received_at)
    return Taken(payload, n_events, _key(envelope), rejects)


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        value = loads(body)
    except InvalidJson as error:
        raise invalid(str(error)) from error
    if isinstance(value, list):
        return {"batch": value}
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object or a list of events.")
    if "batch" in value:
        return value
    shared = {name: value.pop(name) for name in ("api_key", "token", "sent_at") if name in value}
    return {**shared, "batch": [value]}


def _key(envelope: dict[str, Any]) -> str | None:
    """The key, which browsers put among the properties of each event."""
    places = [envelope]
    events = envelope["batch"]
    if events and isinstance(events[0], dict):
        places.append(events[0])
        if isinstance(events[0].get("properties"), dict):
            places.append(events[0]["properties"])
    for place in places:
        for name in ("api_key", "token"):
            if isinstance(place.get(name), str):
                return str(place[name])
    return None


def _sound(batch: protocol.Batch, body: bytes) -> bool:
    if not batch.api_key:
        return False
    for event in batch.batch:
        if event is None or not event.distinct_id or not plausible(event.timestamp):
            return False
    return plausible(batch.sent_at) and fits(body, len(batch.batch))


def _fault(event: protocol.Event, given: dict[str, Any]) -> Fault | None:
    if event.distinct_id not in {None, ""}:
        return None
    inner = given.get("properties")
    named = inner.get("distinct_id") if isinstance(inner, dict) else None
    if named in {None, ""} or isinstance(named, bool) or not isinstance(named, str | int):
        return Fault("distinct_id", reasons.NO_DISTINCT_ID)
    return None if len(str(named)) <= 300 else Fault("distinct_id", reasons.DISTINCT_ID_LONG, named)


DIALECT: Dialect[protocol.Event] = Dialect(
    read=msgspec.json.Decoder(protocol.Event).decode,
    fault=_fault,
    times=("timestamp", "sent_at"),
    kept=("sent_at", "historical_migration"),
)
