"""What a preview finds: rows of what would have happened, and totals."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

START, HELD_OUT, LEFT, END, TO_COME = "start", "held_out", "left", "end", "to_come"
SKIPPED, BRANCH = "skipped", "branch"


@dataclass(frozen=True)
class Row:
    """Something that would have happened to an account on a day.

    Attributes:
        what: start, held_out, the kind of a step, skipped, left (early), end, or to_come: where the
            account stands now.
        line: Number of the step in `definition.program`; None: of no step.
        person: Who would have been written to.
        note: yes or no (branch), a reason of `running.reasons` (skipped), a day (until when a task
            is due or a wait lasts).
    """

    day: date
    account: int
    what: str
    line: int | None = None
    person: int | None = None
    note: str = ""

    def stored(self) -> list[Any]:
        """As it is kept."""
        return [
            self.day.isoformat(), self.account, self.what, self.line, self.person, self.note,
        ]  # fmt: skip


def row_of(stored: list[Any]) -> Row:
    """A row from its kept form."""
    day, *rest = stored
    return Row(date.fromisoformat(day), *rest)


@dataclass(frozen=True)
class Totals:
    """What a preview adds up to.

    met = started + held_out + Σ refused + expired + queued.

    Attributes:
        already: Accounts that met the rule before the first day and so would not have started.
        met: Arrivals; `refused`: reason → how many of them were turned away at once.
        held_back: Reason → runs that had to wait a day, each counted once for every such day.
        expired: Waited too long; `queued`: still wait at the end (for a person, where the play does
            not start by itself).
        tasks, mails, letters: How many; `mails_most`: on the fullest day.
        hours: Monday → hours of work that fall due in its week.
        arrivals: Day → arrivals.
    """

    already: int = 0
    met: int = 0
    started: int = 0
    held_out: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    held_back: Mapping[str, int] = field(default_factory=dict)
    expired: int = 0
    queued: int = 0
    tasks: int = 0
    letters: int = 0
    mails: int = 0
    mails_most: int = 0
    hours: Mapping[str, float] = field(default_factory=dict)
    arrivals: Mapping[str, int] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @property
    def hours_most(self) -> float:
        """Hours of work in the fullest week."""
        return max(self.hours.values(), default=0.0)


@dataclass(frozen=True)
class Found:
    """A whole preview: rows in order of day, then of account."""

    first: date
    until: date
    rows: tuple[Row, ...]
    totals: Totals
