"""The weeks a query computes, as names that each engine fills in when it runs the query.

Compiling a catalogue takes a second; with the weeks as names it is done once, not every day.
"""

from collections.abc import Mapping
from functools import cache

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile.span import Span
from tenure.metrics.definitions.metric import SOURCES

NEVER = 1_000_000


@cache
def _function(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - ibis has no type for it
    def stub() -> int:  # type: ignore[empty-body]
        """Filled in by the engine."""

    return ibis.udf.scalar.builtin(stub, name=name, signature=((), "int64"))


class Frame:
    """A part of a span whose rows end on one weekday, with its fields as expressions."""

    def _named(self, name: str) -> ir.IntegerScalar:
        return _function(f"tenure_{name}")()

    @property
    def first(self) -> ir.IntegerScalar:
        """The first week."""
        return self._named("first")

    @property
    def last(self) -> ir.IntegerScalar:
        """The last week."""
        return self._named("last")

    @property
    def end_day(self) -> ir.IntegerScalar:
        """The last day of the last week."""
        return self._named("end_day")

    def first_day(self, lookback_weeks: int) -> ir.IntegerValue:
        """The first day of the bucket some weeks before the first row."""
        return self.end_day - (self.last - self.first + lookback_weeks) * 7 - 6

    def week(self, day: ir.IntegerValue) -> ir.IntegerValue:
        """The week whose seven days, counted back from `end_day`, hold a day."""
        return (day + self._named("shift")) // 7 + self._named("offset")

    def bit(self, day: ir.IntegerValue) -> ir.IntegerValue:
        """A bit of its own for each day of a week."""
        return ibis.literal(1, "int64") << ((day + self._named("shift")) % 7).cast("int32")

    def end_of(self, week: ir.IntegerValue) -> ir.IntegerValue:
        """The last day of a week."""
        return self.end_day - (self.last - week) * 7


def began(source: str) -> ir.IntegerScalar:
    """The first week with a fact of a source; far in the future without any."""
    return _function(f"tenure_began_{source}")()


def values(span: Span, first_weeks: Mapping[str, int]) -> list[dict[str, int]]:
    """For each part of a span: name → value of everything the queries leave open."""
    begun = {f"tenure_began_{source}": first_weeks.get(source, NEVER) for source in SOURCES}
    names = ("first", "last", "end_day", "shift", "offset")
    return [
        begun | {f"tenure_{name}": getattr(part, name) for name in names} for part in span.parts()
    ]
