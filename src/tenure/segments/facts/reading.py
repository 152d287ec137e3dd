"""Columns as the database gives them: to turn each of many values takes longer than to read it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, IntegerField
from django.db.models.functions import Cast

Rows = Sequence[tuple[Any, ...]]
"""Of each the key of an account, then the values."""


def day_of(name: str) -> Cast:
    """The day of a moment, as text for `days`."""
    return Cast(Cast(name, DateField()), CharField())


def flag_of(name: str) -> Cast:
    """Yes or no as a number."""
    return Cast(name, IntegerField())


def known(rows: Rows, at: int) -> dict[int, Any]:
    """Account → value; what is empty is not known."""
    return {row[0]: row[at] for row in rows if row[at] is not None and row[at] != ""}


def days(rows: Iterable[tuple[Any, ...]], at: int) -> dict[int, date]:
    """Account → day, of days as text."""
    told = _Days()
    return {row[0]: told[row[at]] for row in rows if row[at]}


class _Days(dict[str, date]):
    """Days are few, and each is read once."""

    def __missing__(self, text: str) -> date:
        day = self[text] = date.fromisoformat(text)
        return day
