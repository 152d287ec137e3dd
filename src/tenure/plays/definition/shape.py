"""The parts of a play. All of it is frozen: a version never changes once it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tenure.engine.uplift.assumed import Prior
from tenure.segments.conditions import Group

Words: TypeAlias = Mapping[str, str]
"""Language code, in small letters → text; "en" stands in for what is missing, "" is for all."""
Who: TypeAlias = str
"""`owner` (of the account, else the pool), `leader`, `pool` (round robin), or a user's e-mail."""


@dataclass(frozen=True)
class Trigger:
    """What sets a play off.

    Attributes:
        kind: enters, leaves (a rule), event (of the product), date (before or after one), level,
            health, risk (crosses), answer (to a survey), manual (a person, or the week's plan).
        rule: Of enters and leaves; None: the audience itself.
        event: The product event's name.
        field: Of date: a date field of segments, as `contract.renews_at`; `days` from it, below 0
            before it.
        to: The level or the health band that is reached; `origin`: from which ("": from any).
        months, above: Of risk: the chance to leave within so many months rises above a share.
        survey, lowest, highest: Of answer: nps, csat or ces with a score within these, inclusive.
    """

    kind: str
    rule: Group | None = None
    event: str = ""
    field: str = ""
    days: int = 0
    to: str = ""
    origin: str = ""
    months: int = 3
    above: float = 0.0
    survey: str = "nps"
    lowest: float = 0.0
    highest: float = 10.0


@dataclass(frozen=True)
class TaskStep:
    """A task. `days` until due; the run goes on once it is closed, or after `wait` days (0: at
    once); `hours` of work it is reckoned to take.
    """

    title: Words
    note: Words
    checklist: tuple[Words, ...] = ()
    who: Who = "owner"
    days: int = 2
    wait: int = 14
    hours: float = 0.5
    kind: Literal["task"] = "task"


@dataclass(frozen=True)
class MailStep:
    """An e-mail to people of the account in some roles, at most `most` of them."""

    to: tuple[str, ...]
    subject: Words
    body: Words
    most: int = 1
    kind: Literal["mail"] = "mail"


@dataclass(frozen=True)
class LetterStep:
    """A letter, written and laid ready for its author to look at, print or mail, as a task."""

    to: tuple[str, ...]
    title: Words
    body: Words
    who: Who = "owner"
    days: int = 3
    wait: int = 14
    hours: float = 0.25
    kind: Literal["letter"] = "letter"


@dataclass(frozen=True)
class WaitStep:
    """Wait some days, or until a rule holds but not longer than these days."""

    days: int
    until: Group | None = None
    kind: Literal["wait"] = "wait"


@dataclass(frozen=True)
class BranchStep:
    """One way when a rule holds, else (also when it cannot be told) the other."""

    when: Group
    then: "tuple[Step, ...]"
    otherwise: "tuple[Step, ...]" = ()
    kind: Literal["branch"] = "branch"


@dataclass(frozen=True)
class ApproveStep:
    """Somebody with a role decides. A no ends the run; so does no answer, unless `go_on`."""

    question: Words
    role: str = "leader"
    days: int = 3
    go_on: bool = False
    kind: Literal["approve"] = "approve"


@dataclass(frozen=True)
class SetStep:
    """Set the account's owner (a `Who`), or a field of its own (`stage` is one) to a value."""

    what: str
    value: str
    kind: Literal["set"] = "set"


@dataclass(frozen=True)
class SendStep:
    """A webhook or a chat message through a channel that settings name."""

    kind: Literal["webhook", "chat"]
    channel: str
    text: Words = field(default_factory=dict)


@dataclass(frozen=True)
class StartStep:
    """Start another play for the account."""

    play: str
    kind: Literal["play"] = "play"


@dataclass(frozen=True)
class StopStep:
    """End the run here."""

    kind: Literal["stop"] = "stop"


Step: TypeAlias = (
    TaskStep
    | MailStep
    | LetterStep
    | WaitStep
    | BranchStep
    | ApproveStep
    | SetStep
    | SendStep
    | StartStep
    | StopStep
)


@dataclass(frozen=True)
class Limits:
    """What a play never exceeds.

    Attributes:
        again: Days before the same account may have it again.
        day: Accounts that start on one day.
        person: Days between two mails of plays to one person.
        patience: Days an account may wait for its start before it is let go.
    """

    again: int = 90
    day: int = 50
    person: int = 7
    patience: int = 14


@dataclass(frozen=True)
class Quiet:
    """When nothing is sent: hours of the day in the installation's time zone, and weekends."""

    start: int = 18
    end: int = 8
    weekends: bool = True


@dataclass(frozen=True)
class Definition:
    """A whole play.

    Attributes:
        audience: The rule an account must meet to enter; None: every account.
        leave: A run ends early when this holds.
        automatic: It starts by itself; otherwise its accounts are suggested, and a person starts.
        share: Share of accounts held out, 0 to ½.
        priority: 0 to 100; of several plays that want an account, the highest goes first.
        skills: What whoever plays it must be able to do.
        prior: What is believed of its effect on twelve-month retention while it was never tested.
    """

    key: str
    title: Words
    goal: Words
    category: str
    trigger: Trigger
    steps: tuple[Step, ...]
    audience: Group | None = None
    leave: Group | None = None
    automatic: bool = True
    share: float = 0.1
    priority: int = 50
    limits: Limits = Limits()
    quiet: Quiet = Quiet()
    skills: frozenset[str] = frozenset()
    prior: Prior | None = None

    @property
    def hours(self) -> float:
        """Hours of work it takes at most, along its longest way."""
        return _hours(self.steps)


def _hours(steps: tuple[Step, ...]) -> float:
    total = 0.0
    for step in steps:
        if isinstance(step, BranchStep):
            total += max(_hours(step.then), _hours(step.otherwise))
        elif isinstance(step, TaskStep | LetterStep):
            total += step.hours
    return total


def words_in(words: Words, language: str) -> str:
    """The text in a language, else that for all languages, else the English one, else any."""
    code = language.lower().replace("_", "-")
    for key in (code, code.partition("-")[0], "", "en"):
        if words.get(key):
            return words[key]
    return next(iter(words.values()), "")
