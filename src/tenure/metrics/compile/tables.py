"""The base tables that queries read, by name; each engine puts its own data behind the names."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

EVENTS = {
    "account_id": "int64",
    "person_id": "int64",
    "event": "string",
    "us": "int64",
    "day": "int64",
    "properties": "string",
}
FACTS = {
    "account_id": "int64",
    "source": "string",
    "kind": "string",
    "direction": "string",
    "day": "int64",
    "done_day": "int64",
    "until_day": "int64",
    "delay": "float64",
    "value": "float64",
}
SEATS = {"account_id": "int64", "day": "int64", "until_day": "int64", "seats": "int64"}
STARTS = {"account_id": "int64", "first_week": "int64"}
NUMBERS = {"n": "int64"}


def events() -> ir.Table:
    """Product events: `us` microseconds and `day` days since 1970 in UTC.

    `person_id`: the person, else minus the identifier nobody owns yet, else 0.
    """
    return ibis.table(EVENTS, name="tenure_events")


def facts() -> ir.Table:
    """Tickets, touchpoints, survey answers and invoices in one shape.

    `day`: opened, occurred, answered, due. `done_day`: first reply, answer to us, payment, with
    how long it took in `delay` (hours for tickets, else days). `until_day`: resolved. `value`:
    CSAT, sentiment, score.
    """
    return ibis.table(FACTS, name="tenure_facts")


def seats() -> ir.Table:
    """Seats of each subscription period from `day` to before `until_day`."""
    return ibis.table(SEATS, name="tenure_seats")


def starts() -> ir.Table:
    """The first week of each account, as a number."""
    return ibis.table(STARTS, name="tenure_starts")


def numbers() -> ir.Table:
    """0, 1, 2, …: to spread weeks and windows."""
    return ibis.table(NUMBERS, name="tenure_numbers")


def seeds(columns: list[str]) -> ir.Table:
    """Rows of the panel from before the span, which trends and baselines look back on."""
    schema = {"account_id": "int64", "week": "int64", "end_day": "int64"}
    schema |= dict.fromkeys(columns, "float64")
    return ibis.table(schema, name="tenure_seeds")


def _builtin(name: str, takes: tuple[str, ...], gives: str) -> Callable[..., ir.Value]:
    """A function that every engine brings or defines under this name."""

    def one(first: object) -> None:
        """Never runs in Python."""

    def two(first: object, second: object) -> None:
        """Never runs in Python."""

    made: Callable[..., ir.Value] = ibis.udf.scalar.builtin(
        one if len(takes) == 1 else two, name=name, signature=(takes, gives)
    )
    return made


# The number a JSON property holds, else null; a JSON property as text, else null.
tenure_number = _builtin("tenure_number", ("string", "string"), "float64")
tenure_text = _builtin("tenure_text", ("string", "string"), "string")
# How many bits are set.
bit_count = _builtin("bit_count", ("int64",), "int64")
# The median of an array, and the median distance of its values from that.
tenure_median = _builtin("tenure_median", ("array<float64>",), "float64")
tenure_mad = _builtin("tenure_mad", ("array<float64>",), "float64")


def _aggregates() -> tuple[Callable[..., ir.Value], Callable[..., ir.Value]]:
    def bit_or(mask: int) -> int:  # type: ignore[empty-body]
        """All bits set in any of the masks."""

    def mad(x: float) -> float:  # type: ignore[empty-body]
        """The median distance of the values from their median (DuckDB only)."""

    return ibis.udf.agg.builtin(bit_or), ibis.udf.agg.builtin(mad)


bit_or, mad = _aggregates()
