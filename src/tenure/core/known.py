"""What was known at the end of a day, of rows that are computed again and again."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, IntegerField, When


def end_of(day: date) -> datetime:
    """The first moment after a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def known_last(day: date, made: str) -> tuple[Any, ...]:
    """An order in which, of each account's rows up to a day, the one known at its end is last.

    That is the newest made by then; where all were made later (a backfill), the newest as first
    made. `made`: the column that says when a row was made; rows have `as_of` beside it.
    """
    late = When(**{f"{made}__gte": end_of(day)}, then=1)
    was_late = Case(late, default=0, output_field=IntegerField())
    first_made = When(**{f"{made}__gte": end_of(day)}, then=-F("pk"))
    return (
        was_late.desc(),
        F("as_of"),
        Case(first_made, default=F("pk"), output_field=BigIntegerField()),
    )
