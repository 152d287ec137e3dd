"""What the dialects share: limits of ids and names, times, and the reading of free fields."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Raw

from tenure.events.inbox.lenient import InvalidJson, clean_text, loads

LONGEST_ID = 300
LONGEST_NAME = 200
Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)] | int
OptionalId: TypeAlias = Annotated[str, Meta(max_length=LONGEST_ID)] | int | None
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
Stamp: TypeAlias = datetime | int | float | None
EMPTY = Raw(b"{}")
# Less than this is the network, not a wrong clock; leaving it alone gives a message that is sent
# twice the same time twice.
SMALLEST_SKEW = timedelta(seconds=5)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first(*values: Stamp) -> Stamp:
    """The first that is not None."""
    return next((value for value in values if value is not None), None)


def text_id(value: str | int | None) -> str | None:
    """An id as text; none for an empty one."""
    if value is None or value == "":
        return None
    return clean_text(str(value))


def fields(raw: Raw) -> dict[str, Any]:
    """Properties or traits; something other than an object is kept under `value`."""
    try:
        value = loads(bytes(raw))
    except InvalidJson:
        return {}
    if isinstance(value, dict):
        return value
    return {} if value is None else {"value": value}


def account_field(found: dict[str, Any]) -> str | None:
    """The account named by the property (or trait) `account_id`."""
    named = found.get("account_id")
    if isinstance(named, bool) or not isinstance(named, str | int):
        return None
    account = text_id(named)
    return account if account and len(account) <= LONGEST_ID else None


def moment(stamp: Stamp) -> datetime | None:
    """A sender's time in UTC: ISO without a zone is UTC, a number is seconds or milliseconds.

    Raises ValueError for a time before 1990 or beyond what a calendar holds.
    """
    if stamp is None:
        return None
    if isinstance(stamp, int | float):
        seconds = stamp / 1000 if abs(stamp) > 1e11 else float(stamp)
        if not abs(seconds) < 1e11:
            raise ValueError("the time is out of range")
        stamp = _EPOCH + timedelta(seconds=seconds)
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=UTC)
    try:
        utc = stamp.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error
    if utc < _EARLIEST:
        raise ValueError("the time is before 1990")
    return utc


def occurred(stamp: Stamp, sent: Stamp, received_at: datetime) -> datetime:
    """The sender's time corrected by how far its clock is off, never after the receipt."""
    try:
        when, sent_at = moment(stamp), moment(sent)
    except ValueError:
        return received_at
    if when is None:
        return received_at
    if sent_at is not None and abs(received_at - sent_at) >= SMALLEST_SKEW:
        when += received_at - sent_at
    return max(min(when, received_at), _EARLIEST)
