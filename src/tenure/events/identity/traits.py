"""Which column or custom field of a person or account a trait becomes. Senders write anything."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tenure.accounts.models import PersonRole

MOST_CUSTOM = 200
LARGEST_NUMBER = 2_147_483_647


def person_values(traits: Mapping[str, Any]) -> dict[str, Any]:
    """A person's columns from traits in the field's usual names; the rest is custom."""
    columns = {
        "email": ("email", _text(320)),
        "name": ("name", _text(300)),
        "title": ("title", _text(300)),
        "role": ("role", _role),
        "language": ("language", _text(35)),
        "locale": ("language", _text(35)),
        "phone": ("phone", _text(50)),
        "consentAt": ("consent_at", _time),
        "consent_at": ("consent_at", _time),
        "createdAt": ("created_at", _time),
        "created_at": ("created_at", _time),
    }
    values = _sorted_out(traits, columns)
    names = [_text(150)(traits.get(key)) for key in ("firstName", "lastName")]
    if "name" not in values and any(names):
        values["name"] = " ".join(filter(None, names))
    return values


def account_values(traits: Mapping[str, Any]) -> dict[str, Any]:
    """An account's columns from traits in the field's usual names; the rest is custom."""
    columns = {
        "name": ("name", _text(300)),
        "domain": ("domain", _text(253)),
        "industry": ("industry", _text(200)),
        "country": ("country", _text(100)),
        "language": ("language", _text(35)),
        "employees": ("employees", _count),
        "segment": ("segment", _text(200)),
        "createdAt": ("created_at", _time),
        "created_at": ("created_at", _time),
    }
    return _sorted_out(traits, columns)


Reader = Callable[[Any], Any]


def _sorted_out(
    traits: Mapping[str, Any], columns: Mapping[str, tuple[str, Reader]]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for key in sorted(traits):
        column, read = columns.get(key, (None, None))
        value = read(traits[key]) if read else None
        if column and value is not None:
            values[column] = value
        elif len(custom) < MOST_CUSTOM:
            custom[key] = traits[key]
    return {**values, "custom": custom} if custom else values


def _text(most: int) -> Reader:
    def read(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        text = str(value).replace("\x00", "").strip()
        return text if 0 < len(text) <= most else None

    return read


def _role(value: Any) -> str | None:
    text = re.sub(r"[\s-]+", "_", str(value).strip().lower())
    return text if text in PersonRole.values else None


def _count(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= LARGEST_NUMBER else None


def _time(value: Any) -> datetime | None:
    """ISO 8601, or seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
