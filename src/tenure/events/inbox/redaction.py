"""Taking the events of erased people out of a payload."""

from collections.abc import Collection
from typing import Any

from tenure.events.inbox.lenient import encode, loads


def without(payload: bytes, identifiers: Collection[str]) -> bytes | None:
    """The payload with null for each event that names one of them; None when nothing is left.

    A payload that names nobody is returned as it is.
    """
    body = loads(payload)
    whole = frozenset(identifiers)
    parts = tuple(identifier for identifier in identifiers if "@" in identifier)
    if not _names(body, whole, parts):
        return payload
    batch = body.get("batch") if isinstance(body, dict) else body
    if not isinstance(batch, list):
        return None
    kept = [None if _names(event, whole, parts) else event for event in batch]
    if not any(event is not None for event in kept):
        return None
    if isinstance(body, list):
        return encode(kept)
    # What stands beside the batch (context, sentAt) may name a person as well.
    rest = {k: v for k, v in body.items() if k != "batch" and not _names(v, whole, parts)}
    return encode({**rest, "batch": kept})


def _names(value: Any, whole: frozenset[str], parts: tuple[str, ...]) -> bool:
    """Whether any string (or number) within is one of `whole` or holds one of `parts`."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str | int | float) and not isinstance(item, bool):
            text = str(item)
            if text in whole or any(part in text for part in parts):
                return True
    return False
