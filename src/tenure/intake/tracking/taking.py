"""Deciding what of a request is kept: all at once when it is sound, else event by event."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw

from tenure.core import reasons
from tenure.events.inbox import RejectedEvent
from tenure.events.inbox.fields import LONGEST_NAME, Stamp, moment
from tenure.events.inbox.lenient import InvalidJson, clean_text, encode, loads
from tenure.intake.tracking.answers import invalid

LARGEST_EVENT = 32 * 1024
SMALLEST_EVENT = 28
MOST_REJECTS = 100
EventT = TypeVar("EventT")


class _RawBatch(msgspec.Struct):
    batch: list[Raw]


_sizes = msgspec.json.Decoder(_RawBatch).decode


@dataclass(frozen=True)
class Taken:
    """What goes into the inbox, and the key if the body held it."""

    payload: bytes
    n_events: int
    key: str | None
    rejects: tuple[RejectedEvent, ...] = ()


@dataclass(frozen=True)
class Fault:
    """Why an event is not taken."""

    column: str
    reason: str
    value: Any = None


@dataclass(frozen=True)
class Dialect(Generic[EventT]):
    """What differs between the protocols when one event is judged on its own."""

    read: Callable[[bytes], EventT]
    fault: Callable[[EventT, dict[str, Any]], Fault | None]
    times: tuple[str, ...]
    kept: tuple[str, ...]


def fits(body: bytes, count: int) -> bool:
    """Whether a batch is UTF-8 throughout and none of its events is larger than it may be.

    Raises UnicodeDecodeError: what the decoder skipped over it has not looked at.
    """
    if not body.isascii():
        body.decode()
    # No need to measure when the others, however small, leave no room for a large one.
    if len(body) - SMALLEST_EVENT * (count - 1) <= LARGEST_EVENT:
        return True
    return max(map(len, _sizes(body).batch), default=0) <= LARGEST_EVENT


def plausible(stamp: Stamp) -> bool:
    """Whether a time is one (years 1990 to 9999)."""
    if stamp is None or (stamp.__class__ is datetime and 1990 < stamp.year < 9999):
        return True
    try:
        moment(stamp)
    except ValueError:
        return False
    return True


def object_of(body: bytes) -> dict[str, Any]:
    """The body as an object; raises 400."""
    try:
        value = loads(body)
    except InvalidJson as error:
        raise invalid(str(error)) from error
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object.")
    return value


def salvage(
    body: dict[str, Any], dialect: Dialect[Any], call: str, received_at: datetime
) -> tuple[bytes, int, tuple[RejectedEvent, ...]]:
    """The batch with null for each event that cannot be taken, how many remain, the rejects."""
    events = body.get("batch")
    if not isinstance(events, list):
        raise invalid("The body must have a list 'batch'.")
    kept: list[Any] = []
    rejects: list[RejectedEvent] = []
    refused = 0
    for index, event in enumerate(events):
        fault = _judge(event, dialect)
        kept.append(None if fault else event)
        if fault:
            refused += 1
            if len(rejects) < MOST_REJECTS:
                rejects.append(_reject(fault, event, index, call, received_at))
    if refused > len(rejects):
        rejects[-1] = replace(
            rejects[-1],
            column="",
            value="",
            reason=reasons.MORE_INVALID % {"n": refused - len(rejects)},
        )
    rest = {name: body[name] for name in dialect.kept if name in body}
    for name in dialect.times:
        if name in rest:
            rest[name] = _time(rest[name])
    return encode({**rest, "batch": kept}), len(kept) - refused, tuple(rejects)


def _judge(event: Any, dialect: Dialect[Any]) -> Fault | None:
    if not isinstance(event, dict):
        return Fault("", reasons.EVENT_NOT_OBJECT, event)
    for name in dialect.times:
        if event.get(name) not in (None, ""):
            given = event[name]
            event[name] = _time(given)
            if event[name] is None:
                return Fault(name, reasons.EVENT_NOT_TIME, given)
        elif name in event:
            del event[name]
    try:
        text = encode(event)
        if len(text) > LARGEST_EVENT:
            return Fault("", reasons.LARGE_EVENT % {"most": f"{LARGEST_EVENT:,}"}, "")
        return dialect.fault(dialect.read(text), event)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        return _explained(str(error), event)


# The decoder's words, and what they mean to somebody who sends events.
_MEANINGS = (
    (r"missing required field", reasons.FIELD_MISSING),
    (r"of length <= (?P<most>\d+)", reasons.FIELD_LONG),
    (r"of length >= 1", reasons.FIELD_EMPTY),
    (r"Invalid value", reasons.FIELD_UNKNOWN),
    (r"Expected `(?P<wanted>.+)`, got `(?P<given>.+)`", reasons.FIELD_KIND),
    (r"recursion", reasons.NESTED),
)


def _explained(error: str, event: dict[str, Any]) -> Fault:
    """The fault in an event that the decoder refuses."""
    said, _, place = error.partition(" - at `$")
    column = place.rstrip("`").lstrip(".")
    if "missing required field" in said:
        column = said.rpartition("field ")[2].strip("`")
    for pattern, meaning in _MEANINGS:
        if found := re.search(pattern, said):
            return Fault(column, meaning % found.groupdict(), event.get(column))
    return Fault(column, reasons.NOT_READ % {"error": said[:300]}, event.get(column))


def _time(given: Any) -> Any:
    """A time that can be read, as ISO 8601 in UTC; None otherwise."""
    try:
        if isinstance(given, str):
            given = datetime.fromisoformat(given.strip())
        elif isinstance(given, bool) or not isinstance(given, int | float):
            return None
        found = moment(given)
    except (ValueError, OverflowError):
        return None
    return found.isoformat() if found else None


def _reject(
    fault: Fault, event: Any, index: int, call: str, received_at: datetime
) -> RejectedEvent:
    kind = event.get("type") if isinstance(event, dict) else None
    table = kind if kind and isinstance(kind, str) else call
    value = fault.value if isinstance(fault.value, str) else encode(fault.value).decode()
    return RejectedEvent(
        received_at=received_at,
        call=clean_text(table)[:40],
        index=index,
        column=clean_text(fault.column)[:LONGEST_NAME],
        value=clean_text(value[:LONGEST_NAME]) if fault.value is not None else "",
        reason=clean_text(fault.reason)[:500],
    )
