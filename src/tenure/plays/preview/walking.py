"""Runs of a preview on their way through the steps, by the rules as they answered each day."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tenure.core import clock
from tenure.plays.arrivals import Facts
from tenure.plays.definition.program import Line, program
from tenure.plays.definition.shape import (
    BranchStep,
    Definition,
    LetterStep,
    MailStep,
    StopStep,
    TaskStep,
    WaitStep,
)
from tenure.plays.preview.mailing import Mailing
from tenure.plays.preview.shape import BRANCH, END, LEFT, SKIPPED, START, TO_COME, Row

NOON = time(12, tzinfo=UTC)


@dataclass
class Going:
    """A run that goes on. `wake`: the day on which its wait ends; None: it does not wait."""

    account: int
    position: int = 0
    wake: date | None = None


class Walk:
    """Every run of one preview."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.lines = program(definition)
        self.going: dict[int, Going] = {}
        self.rows: list[Row] = []
        self.mails: Counter[date] = Counter()
        self.hours: dict[date, float] = defaultdict(float)
        writes = any(isinstance(line.step, MailStep) for line in self.lines)
        self._mailing = Mailing(definition) if writes else None

    def begin(self, account: int, day: date) -> None:
        """An account starts."""
        self.going[account] = Going(account)
        self._tell(day, account, START)

    def due(self, facts: Facts, peace: Collection[int]) -> list[int]:
        """Let every run go on that has waited long enough; accounts whose runs ended."""
        runs = sorted(self.going.values(), key=lambda one: one.account)
        due = [run for run in runs if run.wake is None or run.wake <= facts.day]
        return self._gone([run.account for run in due if not self._on(run, facts, peace)])

    def refreshed(self, facts: Facts) -> list[int]:
        """With the day's numbers runs leave early, and waits for rules end; accounts that left."""
        left = [run.account for run in self.going.values() if self._leaves(run, facts)]
        for account in sorted(left):
            self._tell(facts.day, account, LEFT)
        for run in self.going.values():
            step = self._line(run).step if run.wake is not None else None
            until = step.until if isinstance(step, WaitStep) else None
            if until is not None and facts.holds(until, run.account):
                self._over(run)
        return self._gone(left)

    def _gone(self, accounts: list[int]) -> list[int]:
        for account in accounts:
            del self.going[account]
        return accounts

    def stop(self, day: date) -> None:
        """Where those stand that still go on at the end."""
        for account, run in sorted(self.going.items()):
            wake = run.wake.isoformat() if run.wake is not None else ""
            self._tell(day, account, TO_COME, run.position, note=wake)

    def _line(self, run: Going) -> Line:
        return self.lines[run.position]

    def _over(self, run: Going) -> None:
        run.position, run.wake = self._line(run).after, None

    def _on(self, run: Going, facts: Facts, peace: Collection[int]) -> bool:
        """Go on until it waits again; whether it goes on at all. As `running.stepping` does it."""
        while not self._leaves(run, facts):
            if run.wake is not None:
                self._over(run)
                continue
            if run.position >= len(self.lines) or isinstance(self._line(run).step, StopStep):
                self._tell(facts.day, run.account, END)
                return False
            days = self._step(run, self._line(run), facts, peace)
            if days is not None:
                run.wake = facts.day + timedelta(days=days)
                return True
        self._tell(facts.day, run.account, LEFT)
        return False

    def _leaves(self, run: Going, facts: Facts) -> bool:
        leave = self.definition.leave
        return leave is not None and facts.holds(leave, run.account)

    def _step(self, run: Going, line: Line, facts: Facts, peace: Collection[int]) -> int | None:
        """Do one step; the days it waits, or None where it went on at once."""
        step, account, days, following = line.step, run.account, None, line.after
        if isinstance(step, BranchStep):
            holds = facts.holds(step.when, account)
            self._tell(facts.day, account, BRANCH, run.position, note="yes" if holds else "no")
            following = line.after if holds else line.otherwise
        elif isinstance(step, TaskStep | LetterStep):
            days = self._work(run, step, facts.day)
        elif isinstance(step, MailStep):
            self._mail(run, step, facts.day, peace)
        elif isinstance(step, WaitStep):
            days = self._wait(run, step, facts)
        else:  # an approval, too, is told alone: it is taken as given at once
            self._tell(facts.day, account, step.kind, run.position)
        if days is None:
            run.position = following
        return days

    def _work(self, run: Going, step: TaskStep | LetterStep, day: date) -> int | None:
        """A task is taken as done on the day it is due, if the run waits so long."""
        due = day + timedelta(days=step.days)
        self._tell(day, run.account, step.kind, run.position, note=due.isoformat())
        self.hours[clock.week_start(due)] += step.hours
        return min(step.days, step.wait) if step.wait else None

    def _wait(self, run: Going, step: WaitStep, facts: Facts) -> int | None:
        if step.until is not None and facts.holds(step.until, run.account):
            return None
        until = facts.day + timedelta(days=step.days)
        self._tell(facts.day, run.account, step.kind, run.position, note=until.isoformat())
        return step.days

    def _mail(self, run: Going, step: MailStep, day: date, peace: Collection[int]) -> None:
        """It goes out at noon, or when the quiet time after it is over."""
        if self._mailing is None:
            return
        moment = datetime.combine(day, NOON)
        at, people, reason = self._mailing.to(run.account, step, moment, peace)
        for person in people:
            self._tell(at.date(), run.account, step.kind, run.position, person)
        self.mails[at.date()] += len(people)
        if not people:
            self._tell(day, run.account, SKIPPED, run.position, note=reason)

    def _tell(
        self, day: date, account: int, what: str, line: int | None = None,
        person: int | None = None, note: str = "",
    ) -> None:  # fmt: skip
        self.rows.append(Row(day, account, what, line, person, note))
