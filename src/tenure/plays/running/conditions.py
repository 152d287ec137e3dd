"""Whether rules hold for accounts, each rule asked once for all of them."""

import time
from dataclasses import dataclass
from datetime import date

from tenure.segments.conditions import Definition, Group
from tenure.segments.evaluate import evaluate

FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class _Answer:
    """The accounts a rule holds for. `after`: how many writes had been made when it was asked."""

    rule: Group
    members: frozenset[int]
    after: int


class Holding:
    """The answers of rules on a day, kept for a minute at most.

    A rule is asked again for an account of which something was written since; that answer then
    stands for all accounts, so that many writes cost few questions.
    """

    def __init__(self, day: date) -> None:
        self.day = day
        # By identity: versions are parsed once, and comparing rules would compare their words.
        self._answers: dict[int, _Answer] = {}
        self._since = time.monotonic()
        self._writes = 0
        self._written: dict[int, int] = {}

    def holds(self, rule: Group, account_id: int) -> bool:
        """Whether the rule holds for the account; not when it cannot be told."""
        return account_id in self._answer(rule, self._written.get(account_id, 0)).members

    def members(self, rule: Group) -> frozenset[int]:
        """The accounts that the rule holds for."""
        return self._answer(rule, 0).members

    def wrote(self, account_id: int) -> None:
        """Something that rules look at was written of an account."""
        self._writes += 1
        self._written[account_id] = self._writes

    def _answer(self, rule: Group, after: int) -> _Answer:
        """The answer of a rule, asked after so many writes or more."""
        if time.monotonic() - self._since > FRESH_SECONDS:
            self._answers.clear()
            self._since = time.monotonic()
        known = self._answers.get(id(rule))
        if known is None or known.after < after:
            found = frozenset(evaluate(Definition("", rule), self.day).members)
            known = self._answers[id(rule)] = _Answer(rule, found, self._writes)
        return known
