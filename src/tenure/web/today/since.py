"""The day that today is compared with: the working day before, or one chosen in the address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tenure.core import clock
from tenure.core.known import end_of

LONGEST = timedelta(days=92)
SATURDAY = 5


def working_day_before(day: date) -> date:
    """The last day from Monday to Friday before a day; public holidays are not known."""
    before = day - timedelta(days=1)
    while before.weekday() >= SATURDAY:
        before -= timedelta(days=1)
    return before


def day_read(text: str) -> date | None:
    """A day as a form or an address writes it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Since:
    """What was known at the end of `day` is compared with what is known now."""

    day: date
    today: date
    now: datetime
    chosen: bool = False

    @classmethod
    def read(cls, text: str) -> "Since":
        """From a query string; what is no past day of the last three months means the default."""
        today = clock.today()
        usual = working_day_before(today)
        day = day_read(text)
        if day is None or not today - LONGEST <= day < today:
            day = usual
        return cls(day, today, clock.now(), chosen=day != usual)

    @property
    def moment(self) -> datetime:
        """When the day ended: what was learned from here on is news."""
        return end_of(self.day)

    @property
    def least(self) -> date:
        return self.today - LONGEST
