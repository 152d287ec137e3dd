"""Reading one cell: from whatever a file holds to a value, or a reason why not.

A parser takes a cell that is not blank and returns its value or raises `ValueError` with the
reason, worded to follow the column's name. Cells are text (CSV) or typed (JSON Lines, Parquet).
"""

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from tenure.core import reasons

Parser: TypeAlias = Callable[[Any], Any]
CELL_LIMIT = 1_000_000
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


@dataclass(frozen=True)
class BadCell:
    """A cell that could not even be made from its source, with the reason."""

    value: Any
    reason: str


def is_blank(cell: Any) -> bool:
    """Whether a cell says nothing: missing, null, not a number, or only white space."""
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _clean(value: str) -> str:
    if "\0" in value:
        raise ValueError(reasons.NUL)
    if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError(reasons.NOT_UTF8)
    return value


def _plain(cell: Any) -> str:
    if isinstance(cell, str):
        return _clean(cell).strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, bytes):
        raise ValueError(reasons.BINARY)  # noqa: TRY004 - a reason, not a bug
    if isinstance(cell, (list, dict)):
        raise ValueError(reasons.SEVERAL)  # noqa: TRY004
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    return str(cell)


def _too_long(value: str, most: int) -> ValueError:
    counts = {"n": f"{len(value):,}", "most": f"{most:,}"}
    return ValueError(reasons.TOO_MANY_CHARACTERS % counts)


def text(limit: int) -> Parser:
    """Text of at most `limit` characters, white space around it taken off."""

    def parse(cell: Any) -> str:
        value = _plain(cell)
        if len(value) > limit:
            raise _too_long(value, limit)
        return value

    return parse


def prose(cell: Any) -> str:
    """Text as it stands, line ends and all."""
    value = _clean(cell) if isinstance(cell, str) else _plain(cell)
    if len(value) > CELL_LIMIT:
        raise _too_long(value, CELL_LIMIT)
    return value


def number(low: float | None = None, high: float | None = None) -> Parser:
    """A finite number within bounds."""

    def parse(cell: Any) -> float:
        value = float(decimal(cell))
        _check_bounds(value, low, high)
        return value

    return parse


def integer(low: int, high: int) -> Parser:
    """A whole number within bounds; 12.0 is 12."""

    def parse(cell: Any) -> int:
        value = decimal(cell)
        if value != value.to_integral_value():
            raise ValueError(reasons.NOT_WHOLE)
        _check_bounds(value, low, high)
        return int(value)

    return parse


def money(low: int | None = None) -> Parser:
    """An amount, rounded to four decimals."""

    def parse(cell: Any) -> Decimal:
        value = decimal(cell)
        if abs(value) >= 10**14:
            raise ValueError(reasons.LARGE_AMOUNT)
        _check_bounds(value, low, None)
        return value.quantize(Decimal("0.0001"))

    return parse


def decimal(cell: Any) -> Decimal:
    """A number, exactly as written."""
    plain = _plain(cell)
    if isinstance(cell, bool) or len(plain) > 60 or not _NUMBER.fullmatch(plain):
        raise ValueError(reasons.NOT_NUMBER)
    return Decimal(plain)


def _check_bounds(value: Any, low: float | None, high: float | None) -> None:
    if low is not None and value < low:
        raise ValueError(reasons.TOO_SMALL % {"low": low})
    if high is not None and value > high:
        raise ValueError(reasons.TOO_LARGE % {"high": f"{high:,}"})


def timestamp(cell: Any) -> datetime:
    """An ISO 8601 time; without a zone it is UTC, without a time of day midnight."""
    if isinstance(cell, datetime):
        return _in_range(cell)
    if isinstance(cell, date):
        return _in_range(datetime.combine(cell, time.min))
    if not isinstance(cell, str):
        raise ValueError(reasons.NOT_TIME)  # noqa: TRY004
    return _timestamp(cell)


@lru_cache(maxsize=4096)
def _timestamp(cell: str) -> datetime:
    try:
        value = datetime.fromisoformat(cell.strip())
    except ValueError:
        raise ValueError(reasons.NOT_TIME) from None
    return _in_range(value)


def _in_range(value: datetime) -> datetime:
    if not 1900 <= value.year <= 2199:
        raise ValueError(reasons.OUTSIDE_YEARS % {"first": 1900, "last": 2199})
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def day(cell: Any) -> date:
    """A date; of a time, its UTC date."""
    return timestamp(cell).date()


def month(cell: Any) -> date:
    """A month, as 2024-05 or any date in it; its first day."""
    if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d{2}", cell.strip()):
        return timestamp(f"{cell.strip()}-01").date()
    return timestamp(cell).date().replace(day=1)


def boolean(cell: Any) -> bool:
    """True or false, also yes/no, t/f, y/n and 1/0."""
    value = _plain(cell).lower()
    if value in _TRUE or value == "1.0":
        return True
    if value in _FALSE or value == "0.0":
        return False
    raise ValueError(reasons.NOT_TRUTH)


def choice(values: Collection[str]) -> Parser:
    """One of some words, whatever their case."""

    def parse(cell: Any) -> str:
        value = _plain(cell).lower()
        if value not in values:
            raise ValueError(reasons.NOT_AMONG % {"words": ", ".join(values)})
        return value

    return parse


def currency(cell: Any) -> str:
    """An ISO 4217 code."""
    value = _plain(cell).upper()
    if len(value) != 3 or not (value.isascii() and value.isalpha()):
        raise ValueError(reasons.NOT_CURRENCY)
    return value


def ids(cell: Any) -> tuple[str, ...]:
    """Several ids: a JSON list, or ids with semicolons between them."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = msgspec.json.decode(cell)
        except (msgspec.DecodeError, UnicodeEncodeError):
            raise ValueError(reasons.NOT_IDS) from None
    parts = cell if isinstance(cell, list) else _plain(cell).split(";")
    parse = text(200)
    return tuple(value for part in parts if not is_blank(part) and (value := parse(part)))


def custom(kind: str) -> Parser:
    """A custom field: typed cells as JSON keeps them, text as `kind` (number, boolean, text)."""

    def parse(cell: Any) -> Any:
        if not isinstance(cell, str):
            return _jsonable(cell)
        if kind == "number":
            value = decimal(cell)
            return int(value) if value == value.to_integral_value() else float(value)
        if kind == "boolean":
            return _plain(cell).lower() == "true"
        return prose(cell).strip()

    return parse


def custom_kind(cell: Any, so_far: str) -> str:
    """The kind of a custom column after one more cell: number and boolean fall back to text."""
    if is_blank(cell) or not isinstance(cell, str) or so_far == "text":
        return so_far
    plain = cell.strip()
    if plain.lower() in {"true", "false"}:
        found = "boolean"
    elif re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?", plain):
        found = "number"
    else:
        found = "text"
    return found if so_far in {"", found} else "text"


def _jsonable(cell: Any) -> Any:
    if isinstance(cell, bytes):
        raise ValueError(reasons.BINARY)  # noqa: TRY004 - a reason, not a bug
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, (list, dict)):
        encoded = msgspec.json.encode(cell)
        if b"\\u0000" in encoded:
            raise ValueError(reasons.NUL)
        return msgspec.json.decode(encoded)
    if isinstance(cell, (bool, int, float)):
        return cell
    return _plain(cell)
