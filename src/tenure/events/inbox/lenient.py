"""JSON as senders really write it: NaN, numbers without end, halves of characters, NUL."""

import json
import re
from typing import Any

import msgspec

from tenure.core.errors import TenureError

# What decodes but cannot be stored: NUL (PostgreSQL) and integers beyond 64 bits (Parquet, JSON).
_UNSTORABLE = re.compile(rb"\\u0000|\d{19}")
_LARGEST = 2**63 - 1
_decode = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode


class InvalidJson(TenureError):
    """Not JSON, whatever the goodwill."""


def loads(text: bytes) -> Any:
    """The value, with NaN and endless numbers as null and NUL or broken characters replaced.

    Raises `InvalidJson`, also for nesting too deep to follow.
    """
    try:
        return _clean(_decoded(text)) if _UNSTORABLE.search(text) else _decoded(text)
    except (ValueError, RecursionError) as error:
        reason = str(error)[:200] or "it is nested too deeply"
        raise InvalidJson(f"This is not JSON: {reason}.") from error


def _decoded(text: bytes) -> Any:
    try:
        return _decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _clean(
            json.loads(
                text.decode("utf-8-sig"),
                parse_constant=lambda name: None,
                parse_int=lambda digits: int(digits) if len(digits) < 19 else float(digits),
            )
        )


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): _clean(item) for key, item in value.items()}
    if isinstance(value, int) and abs(value) > _LARGEST:
        return float(value)
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def clean_text(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text.replace("\x00", "\ufffd")
