"""What a comparison is given, read from its stored form."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from tenure.segments.operators import Takes

MOST_WORDS = 200
LONGEST = 200


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e12 else None


def _one_number(value: object) -> tuple[float, ...] | None:
    number = _number(value)
    return None if number is None or number != number else (number,)  # noqa: PLR0124 - nan


def _two(value: object) -> tuple[float, ...] | None:
    ends = [_one_number(one) for one in value] if isinstance(value, list) else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:
        return None
    return ends[0] + ends[1]


def _days(value: object) -> tuple[int, ...] | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return (value,) if whole and 0 <= value <= 36_500 else None  # type: ignore[operator,return-value]


def _word(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, str) or "\x00" in value or len(value) > LONGEST:
        return None
    return (value.strip(),) if value.strip() else None


def _words(value: object) -> tuple[str, ...] | None:
    values = value if isinstance(value, list) else [value]
    read = [_word(one) for one in values]
    if not read or len(read) > MOST_WORDS or any(one is None for one in read):
        return None
    return tuple(dict.fromkeys(one[0] for one in read if one))


def _date(value: object) -> tuple[date, ...] | None:
    try:
        return (date.fromisoformat(value),) if isinstance(value, str) else None
    except ValueError:
        return None


READ: dict[Takes, Callable[[object], tuple[Any, ...] | None]] = {
    Takes.NOTHING: lambda value: None if value not in (None, "") else (),
    Takes.TEXT: _word,
    Takes.WORDS: _words,
    Takes.NUMBER: _one_number,
    Takes.TWO: _two,
    Takes.DAYS: _days,
    Takes.DATE: _date,
}
WANTED: dict[Takes, Promise] = {
    Takes.NOTHING: _lazy("%(where)s: '%(op)s' takes no value; leave it empty."),
    Takes.TEXT: _lazy("%(where)s: write what %(field)s is compared with, at most 200 characters."),
    Takes.WORDS: _lazy("%(where)s: choose at least one value of %(field)s."),
    Takes.NUMBER: _lazy("%(where)s: give a number for %(field)s."),
    Takes.TWO: _lazy("%(where)s: give two numbers for %(field)s, the smaller one first."),
    Takes.DAYS: _lazy("%(where)s: give a whole number of days for %(field)s, from 0 to 36500."),
    Takes.DATE: _lazy("%(where)s: give a date for %(field)s, as 2026-03-31."),
}
