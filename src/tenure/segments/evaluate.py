"""Which accounts a rule holds for, with three answers: yes, no, and not known.

An unknown value makes a comparison neither true nor false; `all` takes the lowest answer, `any` the
highest, and the opposite of not known is not known (Kleene's logic). Only a plain yes belongs.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.core import clock
from tenure.segments.conditions import Condition, Definition, Group
from tenure.segments.facts import Known
from tenure.segments.facts.known import DEAR
from tenure.segments.operators import Kind

Answers: TypeAlias = NDArray[np.int8]
Places: TypeAlias = NDArray[np.intp]
NO, UNKNOWN, YES = 0, 1, 2


@dataclass(frozen=True)
class Answered:
    """Keys of accounts, ascending: those that belong, and those of which it cannot be told."""

    members: tuple[int, ...]
    undecided: tuple[int, ...]


def evaluate(definition: Definition, on: date | None = None) -> Answered:
    """Who belongs today, or by what was known at the end of a day."""
    return evaluate_all([definition], on)[0]


def evaluate_all(
    definitions: Iterable[Definition], on: date | None = None, among: Collection[int] | None = None
) -> list[Answered]:
    """Several definitions at once; what they share is read once. `among`: of a few accounts only,
    the same answers as of all.
    """
    rules = [definition.rule for definition in definitions]
    asked = [one for rule in rules for one in rule.conditions()]
    known = Known(on or clock.today(), asked, among, once=len(rules) == 1 and among is None)
    return [_answered(known, answers(known, rule)) for rule in rules]


def _answered(known: Known, found: Answers) -> Answered:
    def those(answer: int) -> tuple[int, ...]:
        return tuple(known.accounts[i] for i in np.flatnonzero(found == answer))

    return Answered(those(YES), those(UNKNOWN))


def answers(known: Known, item: Condition | Group, among: Places | None = None) -> Answers:
    """The answer for every account, or for those at some places of `known.accounts`."""
    places = np.arange(len(known.accounts)) if among is None else among
    if isinstance(item, Condition):
        return np.array(_each(known, item, places.tolist()), np.int8)
    strict = item.mode in {"all", "not_all"}
    together = np.full(len(places), YES if strict else NO, np.int8)
    for inner in sorted(item.items, key=_cost):
        # What one condition has settled for good, the next ones are not asked about.
        open_ones = np.flatnonzero(together != (NO if strict else YES))
        if not len(open_ones):
            break
        found = answers(known, inner, places[open_ones])
        pick = np.minimum if strict else np.maximum
        together[open_ones] = pick(together[open_ones], found)
    return np.asarray(YES - together if item.mode in {"none", "not_all"} else together, np.int8)


def _cost(item: Condition | Group) -> int:
    """What is read fast is asked first: the order of conditions does not change the answer."""
    if isinstance(item, Group):
        return max((_cost(inner) for inner in item.items), default=0)
    dear = DEAR.index(item.field.source) + 1 if item.field.source in DEAR else 0
    return dear + (len(DEAR) if item.weeks else 0)


def _each(known: Known, item: Condition, places: list[int]) -> list[int]:
    """The answer for the account at each of some places."""
    source, name, accounts = item.field.source, item.field.name, known.accounts
    now, day = known.at(places, source, name), known.moment.day
    values = [now.get(accounts[at]) for at in places]
    if item.weeks:
        then = known.at(places, source, name, item.weeks)
        before = [then.get(accounts[at]) for at in places]
        return [_one(item, *pair, day) for pair in zip(values, before, strict=True)]
    if item.operator.kinds & {Kind.CHOICE, Kind.FLAG, Kind.DATE} and source != "custom":
        told = {value: _one(item, value, None, day) for value in set(values)}
        return [told[value] for value in values]  # each of few different ones is judged once
    return [_one(item, value, None, day) for value in values]


def _one(item: Condition, now: Any, then: Any, day: date) -> int:
    operator = item.operator
    if operator.of_unknown:
        return YES if operator.holds(now, (), day) else NO
    value = _as_asked(item, now)
    if operator.change:
        before = _as_asked(item, then)
        known, value = value is not None and before is not None, (value, before)
    else:
        known = value is not None
    if not known:
        return UNKNOWN
    return YES if operator.holds(value, item.given, day) else NO


def _as_asked(item: Condition, value: Any) -> Any:
    """The value, where it is of the kind that the operator compares; an own field may not be."""
    if value is None:
        return None
    kinds = item.operator.kinds
    if Kind.NUMBER in kinds:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number else None
    if Kind.FLAG in kinds:
        return value if isinstance(value, bool) else None
    if Kind.DATE in kinds:
        return _as_date(value)
    return None if isinstance(value, dict | list) else value


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
