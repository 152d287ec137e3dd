"""Whether rules hold for accounts, each rule asked once for all of them."""

import time
from datetime import date

from tenure.segments.conditions import Definition, Group
from tenure.segments.evaluate import evaluate

FRESH_SECONDS = 60.0


class Holding:
    """The answers of rules on a day, kept for a minute at most."""

    def __init__(self, day: date) -> None:
        self.day = day
        # By identity: versions are parsed once, and comparing rules would compare their words.
        self._members: dict[int, tuple[Group, frozenset[int]]] = {}
        self._since = time.monotonic()

    def holds(self, rule: Group, account_id: int) -> bool:
        """Whether the rule holds for the account; not when it cannot be told."""
        return account_id in self.members(rule)

    def members(self, rule: Group) -> frozenset[int]:
        """The accounts that the rule holds for."""
        if time.monotonic() - self._since > FRESH_SECONDS:
            self.forget()
        if id(rule) not in self._members:
            found = frozenset(evaluate(Definition("", rule), self.day).members)
            self._members[id(rule)] = (rule, found)
        return self._members[id(rule)][1]

    def forget(self) -> None:
        """Ask again from now on: something that rules look at was written."""
        self._members.clear()
        self._since = time.monotonic()
