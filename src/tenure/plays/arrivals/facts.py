"""What is known of all accounts at the end of a day, for the rules and fields that plays ask."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.segments.conditions import Condition, Group
from tenure.segments.evaluate import UNKNOWN, YES, answers
from tenure.segments.facts import Known
from tenure.segments.fields import fixed_or_open
from tenure.segments.operators import OPERATORS

Ask: TypeAlias = Callable[[date, list[Condition]], Known]
MOST_TOLD = 6


class Facts:
    """The answers to some rules on one day, each worked out once, every source read once."""

    def __init__(
        self,
        day: date,
        rules: Iterable[Group | None],
        fields: Iterable[str] = (),
        ask: Ask = Known,
    ) -> None:
        asked = [one for rule in rules if rule is not None for one in rule.conditions()]
        asked += [_whether_known(field) for field in fields]
        self.day = day
        self._known = ask(day, asked)
        self._row = {account: row for row, account in enumerate(self._known.accounts)}
        self._answers: dict[int, tuple[Group, NDArray[np.int8]]] = {}

    @property
    def accounts(self) -> list[int]:
        """Keys of all accounts there are, ascending."""
        return self._known.accounts

    def read(self, rules: Iterable[Group | None], fields: Iterable[str] = ()) -> None:
        """Have answers and values ready, as before a transaction that is to be short."""
        for rule in rules:
            if rule is not None:
                self._answered(rule)
        for field in fields:
            self.column(field)

    def _answered(self, rule: Group) -> NDArray[np.int8]:
        if id(rule) not in self._answers:  # the rule is kept too, so that its id stays its own
            self._answers[id(rule)] = (rule, answers(self._known, rule))
        return self._answers[id(rule)][1]

    def holds(self, rule: Group | None, account: int) -> bool:
        """Whether a rule holds for an account; no rule holds for every one, unknown is no."""
        row = self._row.get(account)
        if row is None:
            return False
        return rule is None or bool(self._answered(rule)[row] == YES)

    def members(self, rule: Group | None) -> frozenset[int]:
        """Accounts for which a rule holds; all without a rule."""
        return frozenset(self.accounts) if rule is None else self._with(rule, YES)

    def undecided(self, rule: Group | None) -> frozenset[int]:
        """Accounts of which it cannot be told."""
        return frozenset() if rule is None else self._with(rule, UNKNOWN)

    def _with(self, rule: Group, answer: int) -> frozenset[int]:
        found = np.flatnonzero(self._answered(rule) == answer)
        return frozenset(self.accounts[row] for row in found)

    def column(self, field: str) -> Mapping[int, Any]:
        """Account → value of a field that was asked for."""
        source, _dot, name = field.partition(".")
        return self._known.column(source, name)

    def told(self, rule: Group | None, account: int) -> dict[str, Any]:
        """The values that a rule rests on for an account, as they are kept."""
        fields = [] if rule is None else [one.field.key for one in rule.conditions()]
        found = {field: self.column(field).get(account) for field in dict.fromkeys(fields)}
        return {field: _plain(found[field]) for field in list(found)[:MOST_TOLD]}


def _whether_known(field: str) -> Condition:
    found = fixed_or_open(field)
    if found is None:
        raise ValueError(f"there is no field {field}")
    return Condition(found, OPERATORS["known"])


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value
