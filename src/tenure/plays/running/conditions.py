"""Whether rules hold for accounts, each rule asked once for all of them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenure.plays.running.answering import NOT, answers_of, as_of_run, asks_of_run
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
        self._settled: dict[tuple[int, str], tuple[Group, Group]] = {}
        self._since = time.monotonic()
        self._writes = 0
        self._written: dict[int, int] = {}

    def holds(self, rule: Group, run: int, account_id: int) -> bool:
        """Whether the rule holds for a run of an account; not when it cannot be told."""
        if asks_of_run(rule):
            rule = self._of_run(rule, answers_of({run: account_id})[run])
        return account_id in self._answer(rule, self._written.get(account_id, 0)).members

    def met(self, rule: Group, runs: Mapping[int, int]) -> list[int]:
        """Those of some runs, given with their accounts, that the rule holds for."""
        if not asks_of_run(rule):
            members = self._answer(rule, 0).members
            return [run for run, account in runs.items() if account in members]
        answers = answers_of(runs)
        by_answer = {
            answer: self._answer(self._of_run(rule, answer), 0).members
            for answer in set(answers.values())
        }
        return [run for run, account in runs.items() if account in by_answer[answers[run]]]

    def ready(self, rule: Group) -> None:
        """Have the answer ready that most runs will ask for."""
        self._answer(self._of_run(rule, NOT) if asks_of_run(rule) else rule, 0)

    def _of_run(self, rule: Group, answer: str) -> Group:
        """The rule for runs with an answer, one and the same whenever it is asked for."""
        key = (id(rule), answer)
        if key not in self._settled:
            self._settled[key] = (rule, as_of_run(rule, answer, self.day))
        return self._settled[key][1]

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
