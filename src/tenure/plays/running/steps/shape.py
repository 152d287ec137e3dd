"""What a step is given, and what it says it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.plays.definition.program import Line, program
from tenure.plays.definition.shape import Definition, Words, words_in
from tenure.plays.merging import merge, places
from tenure.plays.models import Run, Task
from tenure.plays.running.conditions import Holding
from tenure.plays.running.facts import UNKNOWN, About, facts_for
from tenure.plays.running.who import Doers
from tenure.plays.selectors.definitions import definition_of


@dataclass
class Turn:
    """What the steps of one transaction share."""

    holding: Holding
    now: datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        self.doers = Doers(self.day)
        self._programs: dict[tuple[str, int], tuple[Definition, tuple[Line, ...]]] = {}

    @property
    def day(self) -> date:
        return self.now.date()

    def program_of(self, key: str, version: int) -> tuple[Definition, tuple[Line, ...]]:
        """What a version says, and its steps in running order; errors as `definition_of`."""
        if (key, version) not in self._programs:
            found = definition_of(key, version)
            self._programs[key, version] = (found, program(found))
        return self._programs[key, version]


@dataclass(frozen=True)
class Visit:
    """A run that has come to a step. `number`: which of its visits this is."""

    run: Run
    number: int
    line: Line
    definition: Definition
    turn: Turn

    @property
    def account(self) -> Account:
        return self.run.account

    @property
    def now(self) -> datetime:
        return self.turn.now

    def key(self, place: int) -> str:
        """The name of the thing that this visit sends at a place; the same whenever it is asked."""
        return f"{self.run.pk}:{self.number}:{place}"


@dataclass(frozen=True)
class Wait:
    """What a run waits for, until when at the latest."""

    what: Run.WaitsFor
    until: datetime


@dataclass(frozen=True)
class Did:
    """What a step did.

    Attributes:
        outcome: As in `RunStep`; empty: it is told once the wait is over.
        wait: What the run waits for before it goes on.
        ends: The state in which it ends here; `why`, in English.
    """

    outcome: str = "done"
    detail: Mapping[str, Any] = field(default_factory=dict)
    task: Task | None = None
    wait: Wait | None = None
    ends: Run.State | None = None
    why: str = ""


def skipped(reason: str, **detail: Any) -> Did:
    """A step that did nothing, for a reason of `reasons.WHY`, or one in words."""
    return Did("skipped", {"reason": reason, **detail})


def days(count: float) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def merged(words: Words, about: About) -> str:
    """A text for people outside; raises `Missing` rather than leave a place empty."""
    text = words_in(words, about.language)
    return merge(text, facts_for(about, places(text)))


def merged_inside(words: Words, about: About) -> str:
    """A text for the team, in which a dash stands for what is not known."""
    text = words_in(words, about.language)
    named = places(text)
    return merge(text, dict.fromkeys(named, UNKNOWN) | facts_for(about, named))
