"""What an arrival is, and which moment something that happened counts for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

LATE = timedelta(days=7)
"""How far back a look reaches after a standstill, and how late a fact may come to count as news."""
OVERLAP = timedelta(days=1)
"""A look begins so long before the last one ended: what was being written then is not lost."""


@dataclass(frozen=True)
class Arrival:
    """An account met a play's trigger at a moment. `day`: what it is told from others by.

    `because` holds {"kind": of the trigger} and the facts: of enters and leaves "facts" (field →
    value); of event "event"; of date "field" and "date"; of level and health "from" and "to"; of
    risk "months", "from", "to", "above", "retrained"; of answer "survey", "score", "answer".
    """

    account: int
    at: datetime
    day: date
    because: dict[str, Any]

    @property
    def key(self) -> str:
        """An account arrives once a day, however often it does what it does."""
        return f"{self.account}:{self.day.isoformat()}"


def counted(recorded: datetime, occurred: datetime) -> datetime:
    """When a fact counts: when it was learnt, or when it was, if it was old by then (a load)."""
    return recorded if recorded - occurred <= LATE else occurred


def end_of(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max, UTC)


def start_of(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), UTC)
