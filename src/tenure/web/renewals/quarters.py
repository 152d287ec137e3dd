"""The quarters of the page: the one before, the running one and the next four."""

from dataclasses import dataclass
from datetime import date, timedelta

from tenure.relationship.selectors import quarter_of
from tenure.web.locales import written_quarter

AHEAD = 4


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, first to last day. `place`: −1 the one before, 0 running, 1… to come."""

    first: date
    last: date
    place: int

    @property
    def name(self) -> str:
        return written_quarter(self.first)

    @property
    def end(self) -> date:
        """The day after."""
        return self.last + timedelta(days=1)

    @property
    def over(self) -> bool:
        return self.place < 0

    @property
    def running(self) -> bool:
        return self.place == 0


def quarters(today: date) -> list[Quarter]:
    """In order of time."""
    first, last = quarter_of(today)
    before = quarter_of(first - timedelta(days=1))
    found = [Quarter(*before, -1), Quarter(first, last, 0)]
    for place in range(1, AHEAD + 1):
        found.append(Quarter(*quarter_of(found[-1].end), place))
    return found


def quarter_read(text: str, known: list[Quarter]) -> Quarter:
    """The quarter named in a query string as its first day; else the running one."""
    by_day = {quarter.first.isoformat(): quarter for quarter in known}
    return by_day.get(text) or next(quarter for quarter in known if quarter.running)
