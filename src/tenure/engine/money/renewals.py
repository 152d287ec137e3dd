"""When terms end: renewals that were completed and those that are due.

A stated renewal date R lies on a grid of dates one term apart, R + k * term, in both directions:
exports mostly carry only the next one, though the subscription has renewed for years. Without R
the grid starts where the terms of this length started. The term is `term_months`, else the
billing interval. A grid date nearer than half a term to the start is no renewal but the short
first term of aligned contracts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from itertools import count
from math import ceil

from tenure.engine.money.periods import Period, add_months, by_subscription


@dataclass(frozen=True, slots=True)
class _Grid:
    """The renewal dates of one period. `since`: start of its unbroken chain of payment."""

    period: Period
    anchor: datetime
    since: datetime

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Renewal dates later than `moment`, ascending; endless when the term is known."""
        term, stated = self.period.term, self.period.renews
        if term is None:
            if stated is not None and stated > max(moment, self.since):
                yield stated
            return
        earliest = self._first_full(term)
        behind = (moment.year - self.anchor.year) * 12 + moment.month - self.anchor.month
        for step in count(behind // term - 1):
            if not _in_calendar(self.anchor, step * term):
                if step > 0:
                    return
                continue
            date = add_months(self.anchor, step * term)
            if date > moment and (date == stated or (earliest is not None and date >= earliest)):
                yield date

    def _first_full(self, term: int) -> datetime | None:
        """The first moment that a date of the grid may have; None: only the stated date."""
        stated = self.period.renews
        if not _in_calendar(self.since, ceil(term / 2)):
            return None
        earliest = add_months(self.since, ceil(term / 2))
        # A monthly invoice doesn't make a monthly term: there the stated date comes first.
        monthly_billing = self.period.term_months is None and term == 1
        return max(stated, earliest) if stated is not None and monthly_billing else earliest


def _in_calendar(moment: datetime, months: int) -> bool:
    return MINYEAR <= (moment.year * 12 + moment.month - 1 + months) // 12 <= MAXYEAR


def completed_renewals(periods: Iterable[Period], moment: datetime) -> list[datetime]:
    """The days until `moment` on which one account's subscriptions renewed, each day once.

    A date counts when the subscription pays on it: the term before it ended and the account
    stayed.
    """
    dates: set[datetime] = set()
    for line in by_subscription(periods):
        for grid, stop, goes_on in _spans(line):
            for date in grid.after(grid.period.started):
                if date > moment or (stop is not None and date > stop):
                    break
                if date != stop or goes_on:
                    dates.add(date)
    return sorted({date.date(): date for date in sorted(dates, reverse=True)}.values())


def next_renewal(line: Sequence[Period], moment: datetime) -> datetime | None:
    """When the term running at `moment` ends, for one subscription's periods in order.

    None when it doesn't pay then, when no term is known, or when payment ends before.
    """
    if not any(p.pays and p.active_at(moment) for p in line):
        return None
    for grid, stop, goes_on in _spans(line):
        if stop is not None and stop <= moment:
            continue
        date = next(grid.after(max(moment, grid.period.started)), None)
        if date is not None and (stop is None or date <= stop):
            return date
        if not goes_on:
            return None
    return None


def renewal_within(line: Sequence[Period], start: datetime, end: datetime) -> datetime | None:
    """The subscription's first renewal date in [start, end), if it is still paying by then."""
    for grid, stop, _ in _spans(line):
        for date in grid.after(grid.period.started):
            if date >= end or (stop is not None and date > stop):
                break
            if date >= start:
                return date
    return None


def _spans(line: Sequence[Period]) -> Iterator[tuple[_Grid, datetime | None, bool]]:
    """Each paying period's grid, its end, and whether payment goes on there."""
    paying = [p for p in line if p.pays]
    previous: _Grid | None = None
    for index, period in enumerate(paying):
        joined = previous is not None and previous.period.ended == period.started
        since, anchor = period.started, period.started
        if joined and previous is not None:
            since = previous.since
            if previous.period.term == period.term:
                anchor = previous.anchor
        grid = _Grid(period, period.renews or anchor, since)
        following = paying[index + 1] if index + 1 < len(paying) else None
        goes_on = following is not None and following.started == period.ended
        yield grid, period.ended, goes_on
        previous = grid
