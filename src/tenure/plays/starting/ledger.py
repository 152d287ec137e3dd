"""What plays did to accounts so far, and by it what they may do next. Plain data, no database."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from tenure.plays.definition.shape import Definition, Limits
from tenure.plays.models.plays import PlayCount

What = PlayCount.What
APART = 7
"""Days between two automatic starts of different plays on one account, unless the later one has the
higher priority."""


@dataclass(frozen=True)
class Start:
    """An automatic start on a day, held out or not."""

    play: str
    day: date
    priority: int


@dataclass(frozen=True)
class Waiting:
    """A queued run, by the version that accounts enter now.

    Attributes:
        run: Its key.
        value: MRR at stake; 0 where it is not known.
        ready: Its audience holds, it is not to be left early, and the account may be disturbed.
        asked_by: The play of which a step asked for it, which does not hold it back.
    """

    run: int
    play: str
    account: int
    met: date
    priority: int
    value: float
    limits: Limits
    automatic: bool
    ready: bool
    asked_by: str = ""

    def as_of(self, *, value: float, ready: bool) -> "Waiting":
        """The same on another day."""
        return replace(self, value=value, ready=ready)

    @property
    def order(self) -> tuple[float, float, date, int, str]:
        """First by priority, then by value, then whoever waits longest."""
        return -self.priority, -self.value, self.met, self.account, self.play


@dataclass
class Ledger:
    """Attributes:
    open: (play, account) that is queued or goes on.
    last: (play, account) → the day of its last start, whoever started it, either arm.
    starts: Account → automatic starts; those of the last seven days are enough.
    day_counts: (play, day) → automatic starts, either arm.
    """

    open: set[tuple[str, int]] = field(default_factory=set)
    last: dict[tuple[str, int], date] = field(default_factory=dict)
    starts: dict[int, list[Start]] = field(default_factory=dict)
    day_counts: Counter[tuple[str, date]] = field(default_factory=Counter)

    def refused(
        self, definition: Definition, account: int, day: date, *, inside: bool, quiet: bool
    ) -> What | None:
        """Why an account that arrives is refused; None: it is queued, and noted as open."""
        key = (definition.key, account)
        last = self.last.get(key)
        if not inside:
            return What.OUTSIDE
        if quiet:
            return What.QUIET
        if key in self.open:
            return What.RUNNING
        if last is not None and (day - last).days < definition.limits.again:
            return What.AGAIN
        self.open.add(key)
        return None

    def held_back(self, waiting: Waiting, day: date) -> What | None:
        """Why a run that is ready does not start on a day."""
        if self.day_counts[waiting.play, day] >= waiting.limits.day:
            return What.DAY_FULL
        for start in self.starts.get(waiting.account, ()):
            near = 0 <= (day - start.day).days < APART
            other = start.play not in {waiting.play, waiting.asked_by}
            if near and other and waiting.priority <= start.priority:
                return What.OTHER_PLAY
        return None

    def note(self, waiting: Waiting, day: date) -> None:
        """A run starts by itself, in whichever arm."""
        self.last[waiting.play, waiting.account] = day
        self.day_counts[waiting.play, day] += 1
        self.starts.setdefault(waiting.account, []).append(
            Start(waiting.play, day, waiting.priority)
        )

    def close(self, play: str, account: int) -> None:
        """A run is queued no longer and does not go on."""
        self.open.discard((play, account))


@dataclass(frozen=True)
class Turn:
    """What a day does with the queue: runs in the order in which they were looked at."""

    start: tuple[Waiting, ...]
    expired: tuple[Waiting, ...]
    back: tuple[tuple[Waiting, What], ...]


def turn_of(queue: Iterable[Waiting], ledger: Ledger, day: date) -> Turn:
    """Who starts, who waited too long, and who is held back and why; the starts are noted."""
    start, expired, back = [], [], []
    for waiting in sorted(queue, key=lambda one: one.order):
        if (day - waiting.met).days > waiting.limits.patience:
            ledger.close(waiting.play, waiting.account)
            expired.append(waiting)
        elif waiting.automatic and waiting.ready:
            why = ledger.held_back(waiting, day)
            if why is None:
                ledger.note(waiting, day)
                start.append(waiting)
            else:
                back.append((waiting, why))
    return Turn(tuple(start), tuple(expired), tuple(back))
