"""How one cell is made from a row of a source: the expressions of the mapping language."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from tenure.core import reasons
from tenure.intake.loading import cells
from tenure.intake.loading.cells import BadCell, is_blank

Cells: TypeAlias = Sequence[Any]
Make: TypeAlias = Callable[[Cells], Any]
Lookups: TypeAlias = Mapping[tuple[str, str, str], Mapping[str, Any]]

ORIGINS = ("column", "value", "concat", "hash", "object", "lookup")
STEPS = ("map", "date", "as", "times", "divide", "plus", "prefix", "suffix", "default")
EXTRAS = ("with", "else")
KINDS = ("text", "number", "integer", "boolean", "time")
UNITS = ("weeks", "days", "hours", "minutes", "seconds")


_ENCODER = msgspec.json.Encoder(decimal_format="number")


class MappingFault(ValueError):
    """A fault of an expression, worded to follow the place where it stands."""


@dataclass
class Context:
    """What compiling needs: the places of the source's columns; it learns what is used."""

    columns: Mapping[str, int]
    file: str
    lookups: Lookups
    used: set[str] = field(default_factory=set)

    def column(self, name: Any) -> int:
        """The place of a column of the source."""
        if not isinstance(name, str) or name not in self.columns:
            known = ", ".join(self.columns)
            raise MappingFault(f"{self.file} has no column {name!r}; it has {known}")
        self.used.add(name)
        return self.columns[name]


def made(expression: Any, context: Context) -> Make:
    """Compile an expression: the name of a column, or a mapping with one origin and steps."""
    if isinstance(expression, str):
        return _column(expression, context)
    if not isinstance(expression, dict):
        raise MappingFault("is neither the name of a column nor an expression")
    unknown = [k for k in expression if k not in {*ORIGINS, *STEPS, *EXTRAS}]
    if unknown:
        known = ", ".join((*ORIGINS, *STEPS))
        raise MappingFault(f"{unknown[0]!r} is not known; an expression has {known}")
    origins = [k for k in expression if k in ORIGINS]
    if len(origins) != 1:
        raise MappingFault(f"needs just one of {', '.join(ORIGINS)}")
    make = _ORIGINS[origins[0]](expression[origins[0]], context)
    if "with" in expression and origins[0] != "concat":
        raise MappingFault("'with' goes with 'concat' only")
    if origins[0] == "concat":
        make = _concat(expression["concat"], str(expression.get("with", "")), context)
    steps = [
        _STEPS[key](value, context, expression) for key, value in expression.items() if key in STEPS
    ]
    return _chained(make, steps, expression.get("default"))


Step: TypeAlias = Callable[[Any, Cells], Any]


def _chained(make: Make, steps: Sequence[Step], default: Any) -> Make:
    """Steps in the order they are written. Blank cells skip them and become the default."""

    def run(row: Cells) -> Any:
        value = make(row)
        try:
            for step in steps:
                if is_blank(value) or isinstance(value, BadCell):
                    break
                value = step(value, row)
        except (ValueError, ArithmeticError) as error:
            return BadCell(value, str(error))
        return default if default is not None and is_blank(value) else value

    return run


def _column(name: Any, context: Context) -> Make:
    place = context.column(name)
    return lambda row: row[place]


def _value(value: Any, _context: Context) -> Make:
    if isinstance(value, (dict, list)):
        raise MappingFault("'value' is one constant; use 'object' for an object")
    return lambda row: value


def _parts(parts: Any, context: Context) -> list[Make]:
    if not isinstance(parts, list) or not parts:
        raise MappingFault("'concat' and 'hash' take a list of columns or expressions")
    return [made(part, context) for part in parts]


def _concat(parts: Any, between: str, context: Context) -> Make:
    makes = _parts(parts, context)

    def run(row: Cells) -> Any:
        values = [make(row) for make in makes]
        bad = next((v for v in values if isinstance(v, BadCell)), None)
        return bad or between.join(_plain(value) for value in values if not is_blank(value))

    return run


def _hash(parts: Any, context: Context) -> Make:
    makes = _parts(parts, context)

    def run(row: Cells) -> Any:
        values = [_plain(make(row)) for make in makes]
        return hashlib.sha256(msgspec.json.encode(values)).hexdigest()[:32]

    return run


def _object(body: Any, context: Context) -> Make:
    if not isinstance(body, dict):
        raise MappingFault("'object' takes names with their expressions")
    makes = {str(name): made(expression, context) for name, expression in body.items()}

    def run(row: Cells) -> Any:
        values = {name: make(row) for name, make in makes.items()}
        bad = next((v for v in values.values() if isinstance(v, BadCell)), None)
        if bad is not None:
            return bad
        filled = {name: value for name, value in values.items() if not is_blank(value)}
        return _ENCODER.encode(filled).decode()

    return run


def _lookup(body: Any, context: Context) -> Make:
    file, key, take = lookup_key(body)
    by = made(body["by"], context)
    table = context.lookups[file, key, take]

    def run(row: Cells) -> Any:
        wanted = by(row)
        if is_blank(wanted) or isinstance(wanted, BadCell):
            return wanted
        found = table.get(_plain(wanted))
        if found is None:
            return BadCell(wanted, reasons.NOT_LOOKED_UP % {"file": file, "key": key})
        return found

    return run


def lookup_key(body: Any) -> tuple[str, str, str]:
    """The file, the column to find a row by and the column to take, of a lookup."""
    if not isinstance(body, dict) or set(body) != {"file", "key", "take", "by"}:
        raise MappingFault("'lookup' has file, key, take and by")
    if not all(isinstance(body[k], str) for k in ("file", "key", "take")):
        raise MappingFault("a lookup's file, key and take are names")
    return body["file"], body["key"], body["take"]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()


def _map(table: Any, _context: Context, expression: Mapping[str, Any]) -> Step:
    if not isinstance(table, dict) or not table:
        raise MappingFault("'map' takes values with what becomes of them")
    words = {_plain(key).casefold(): value for key, value in table.items()}
    has_other = "else" in expression
    other = expression.get("else")

    def step(value: Any, _row: Cells) -> Any:
        word = _plain(value).casefold()
        if word in words:
            return words[word]
        if has_other:
            return other
        raise ValueError(reasons.NOT_MAPPED % {"words": ", ".join(map(str, table))})

    return step


def _date(form: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    if not isinstance(form, str) or "%" not in form:
        raise MappingFault("'date' takes a format, as %d/%m/%Y")

    def step(value: Any, _row: Cells) -> Any:
        try:
            found = datetime.strptime(_plain(value), form)  # noqa: DTZ007 - a zone only if named
        except ValueError:
            raise ValueError(reasons.NOT_DATE % {"form": form}) from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    return step


_READ: Mapping[str, cells.Parser] = {
    "text": _plain,
    "number": cells.number(),
    "integer": cells.integer(-(2**53), 2**53),
    "boolean": cells.boolean,
    "time": cells.timestamp,
}


def _as(kind: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    if kind not in KINDS:
        raise MappingFault(f"'as' is one of {', '.join(KINDS)}")
    read = _READ[kind]
    return lambda value, _row: read(value)


def _times(factor: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    number = _number("times", factor)
    return lambda value, _row: cells.decimal(value) * number


def _divide(divisor: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    number = _number("divide", divisor)
    if not number:
        raise MappingFault("'divide' cannot be zero")
    return lambda value, _row: cells.decimal(value) / number


def _number(name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MappingFault(f"{name!r} takes a number")
    return Decimal(str(value))


def _plus(body: Any, context: Context, _expression: Mapping[str, Any]) -> Step:
    if not isinstance(body, dict) or len(body) != 1 or next(iter(body)) not in UNITS:
        raise MappingFault(f"'plus' takes one of {', '.join(UNITS)} with a column or a number")
    unit, amount = next(iter(body.items()))
    make = made(amount if isinstance(amount, (str, dict)) else {"value": amount}, context)

    def step(value: Any, row: Cells) -> Any:
        count = make(row)
        if is_blank(count):
            return None
        try:
            return cells.timestamp(value) + timedelta(**{unit: float(cells.decimal(count))})
        except OverflowError:
            raise ValueError(reasons.OUTSIDE_YEARS % {"first": 1900, "last": 2199}) from None

    return step


def _prefix(text: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    return lambda value, _row: f"{text}{_plain(value)}"


def _suffix(text: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    return lambda value, _row: f"{_plain(value)}{text}"


def _default(_value: Any, _context: Context, _expression: Mapping[str, Any]) -> Step:
    return lambda value, _row: value


_ORIGINS: Mapping[str, Callable[[Any, Context], Make]] = {
    "column": _column,
    "value": _value,
    "concat": lambda parts, context: _concat(parts, "", context),
    "hash": _hash,
    "object": _object,
    "lookup": _lookup,
}
_STEPS: Mapping[str, Callable[[Any, Context, Mapping[str, Any]], Step]] = {
    "map": _map,
    "date": _date,
    "as": _as,
    "times": _times,
    "divide": _divide,
    "plus": _plus,
    "prefix": _prefix,
    "suffix": _suffix,
    "default": _default,
}
