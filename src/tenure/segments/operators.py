"""How a condition compares: each operator with the kinds of field it fits and what it asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Values: TypeAlias = Sequence[Any]


class Kind(StrEnum):
    """What a field holds. A choice is one of some words, a flag is yes or no."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


class Takes(StrEnum):
    """What an operator is given."""

    NOTHING = "nothing"
    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    TWO = "two"
    DAYS = "days"
    DATE = "date"


@dataclass(frozen=True)
class Operator:
    """`holds(value, given, day)`: the value is known; for a change it is (value now, value then).

    `change`: compares with the value so many weeks before. `of_unknown`: asks whether it is known.
    """

    key: str
    name: Promise
    takes: Takes
    kinds: frozenset[Kind]
    holds: Callable[[Any, Values, date], bool]
    change: bool = False
    of_unknown: bool = False


def _fold(value: Any) -> str:
    return str(value).casefold().strip()


def _is(value: Any, given: Values, _day: date) -> bool:
    return _fold(value) == _fold(given[0])


def _contains(value: Any, given: Values, _day: date) -> bool:
    return _fold(given[0]) in _fold(value)


def _one_of(value: Any, given: Values, _day: date) -> bool:
    return str(value) in {str(word) for word in given}


def _ahead(value: date, day: date) -> int:
    return (value - day).days


def _percent(pair: Any) -> float | None:
    """By how many per cent the value rose; None from nothing, where no share can be told."""
    now, then = pair
    return None if then == 0 else (now - then) / abs(then) * 100


def _rose_percent(pair: Any, given: Values, _day: date) -> bool:
    share = _percent(pair)
    return share is not None and share >= given[0]


def _fell_percent(pair: Any, given: Values, _day: date) -> bool:
    share = _percent(pair)
    return share is not None and -share >= given[0]


_TEXT, _CHOICE = frozenset({Kind.TEXT}), frozenset({Kind.CHOICE})
_NUMBER, _DATE, _FLAG = frozenset({Kind.NUMBER}), frozenset({Kind.DATE}), frozenset({Kind.FLAG})
_ALL = frozenset(Kind)
_ROWS = (
    Operator("is", _("is"), Takes.TEXT, _TEXT, _is),
    Operator("is_not", _("is not"), Takes.TEXT, _TEXT, lambda v, g, d: not _is(v, g, d)),
    Operator("contains", _("contains"), Takes.TEXT, _TEXT, _contains),
    Operator(
        "lacks", _("does not contain"), Takes.TEXT, _TEXT, lambda v, g, d: not _contains(v, g, d)
    ),
    Operator(
        "starts", _("starts with"), Takes.TEXT, _TEXT,
        lambda v, g, d: _fold(v).startswith(_fold(g[0])),
    ),
    Operator("one_of", _("is one of"), Takes.WORDS, _CHOICE, _one_of),
    Operator(
        "none_of", _("is none of"), Takes.WORDS, _CHOICE, lambda v, g, d: not _one_of(v, g, d)
    ),
    Operator("at_least", _("is at least"), Takes.NUMBER, _NUMBER, lambda v, g, d: v >= g[0]),
    Operator("at_most", _("is at most"), Takes.NUMBER, _NUMBER, lambda v, g, d: v <= g[0]),
    Operator("above", _("is above"), Takes.NUMBER, _NUMBER, lambda v, g, d: v > g[0]),
    Operator("below", _("is below"), Takes.NUMBER, _NUMBER, lambda v, g, d: v < g[0]),
    Operator("equals", _("equals"), Takes.NUMBER, _NUMBER, lambda v, g, d: v == g[0]),
    Operator("between", _("is between"), Takes.TWO, _NUMBER, lambda v, g, d: g[0] <= v <= g[1]),
    Operator(
        "rose", _("rose by at least"), Takes.NUMBER, _NUMBER,
        lambda v, g, d: v[0] - v[1] >= g[0], change=True,
    ),
    Operator(
        "fell", _("fell by at least"), Takes.NUMBER, _NUMBER,
        lambda v, g, d: v[1] - v[0] >= g[0], change=True,
    ),
    Operator(
        "rose_percent", _("rose by at least, in per cent"), Takes.NUMBER, _NUMBER, _rose_percent,
        change=True,
    ),
    Operator(
        "fell_percent", _("fell by at least, in per cent"), Takes.NUMBER, _NUMBER, _fell_percent,
        change=True,
    ),
    Operator(
        "in_next", _("is within the next days"), Takes.DAYS, _DATE,
        lambda v, g, d: 0 <= _ahead(v, d) <= g[0],
    ),
    Operator(
        "beyond_next", _("is more than so many days ahead"), Takes.DAYS, _DATE,
        lambda v, g, d: _ahead(v, d) > g[0],
    ),
    Operator(
        "in_last", _("is within the last days"), Takes.DAYS, _DATE,
        lambda v, g, d: 0 <= -_ahead(v, d) <= g[0],
    ),
    Operator(
        "before_last", _("is more than so many days ago"), Takes.DAYS, _DATE,
        lambda v, g, d: -_ahead(v, d) > g[0],
    ),
    Operator("past", _("is past"), Takes.NOTHING, _DATE, lambda v, g, d: v < d),
    Operator("before", _("is before"), Takes.DATE, _DATE, lambda v, g, d: v < g[0]),
    Operator("from", _("is on or after"), Takes.DATE, _DATE, lambda v, g, d: v >= g[0]),
    Operator("yes", _("is so"), Takes.NOTHING, _FLAG, lambda v, g, d: bool(v)),
    Operator("no", _("is not so"), Takes.NOTHING, _FLAG, lambda v, g, d: not v),
    Operator(
        "known", _("is known"), Takes.NOTHING, _ALL, lambda v, g, d: v is not None, of_unknown=True
    ),
    Operator(
        "unknown", _("is unknown"), Takes.NOTHING, _ALL, lambda v, g, d: v is None, of_unknown=True
    ),
)  # fmt: skip
OPERATORS = {operator.key: operator for operator in _ROWS}
FARTHEST = timedelta(days=36_500)


def fitting(kind: Kind) -> list[Operator]:
    """The operators for a kind of field, in the order in which they are offered."""
    return [operator for operator in _ROWS if kind in operator.kinds]
