"""Columns as the database gives them: to turn each of many values takes longer than to read it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Aggregate, DateField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from tenure.core.stored import as_stored

Rows = Sequence[tuple[Any, ...]]
"""Of each the key of an account, then the values."""


def day_of(moment: str | Aggregate) -> Combinable:
    """The day of a moment, for `days`."""
    return as_stored(Cast(moment, DateField()))


def known(rows: Rows, at: int) -> dict[int, Any]:
    """Account → value; what is empty is not known."""
    return {row[0]: row[at] for row in rows if row[at] is not None and row[at] != ""}


def days(rows: Iterable[tuple[Any, ...]], at: int) -> dict[int, date]:
    """Account → day, of days as `day_of` has them."""
    told = _Days()
    return {row[0]: told[row[at]] for row in rows if row[at]}


class _Days(dict[str | date, date]):
    """Days are few, and each is read once."""

    def __missing__(self, day: str | date) -> date:
        self[day] = found = date.fromisoformat(day) if isinstance(day, str) else day
        return found
