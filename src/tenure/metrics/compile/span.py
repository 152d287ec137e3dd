"""Weeks as numbers, and the weeks one query computes.

A day is its count since 1970-01-01, a week the count of Mondays since 1969-12-29: the week of a
day is `(day + 3) // 7`. Whole numbers keep both engines exact.
"""

from dataclasses import dataclass
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)
FIRST_MONDAY = date(1969, 12, 29)


def day_index(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def week_index(day: date) -> int:
    """The ISO week that holds a day, as a number."""
    return (day_index(day) + 3) // 7


def week_monday(week: int) -> date:
    """The Monday a numbered week starts with."""
    return FIRST_MONDAY + timedelta(weeks=week)


@dataclass(frozen=True)
class Span:
    """Rows for the weeks `first` to `last`, each seen from its last day.

    The last row is seen from `end_day`: its Sunday, or today while the week runs. A row's windows
    always hold whole days back from there, so on a Monday morning a week's use is not zero but
    that of the seven days up to today.
    """

    first: int
    last: int
    end_day: int

    @classmethod
    def until(cls, first: int, today: date) -> "Span":
        """From a week to the running one, seen from today."""
        return cls(first, week_index(today), day_index(today))

    @property
    def shift(self) -> int:
        """What to add to a day before dividing by seven, so that `end_day` ends a bucket."""
        return (6 - self.end_day) % 7

    @property
    def offset(self) -> int:
        """What to add to a bucket's number so that the bucket of `end_day` is `last`."""
        return self.last - (self.end_day + self.shift) // 7

    def parts(self) -> list["Span"]:
        """Spans whose rows all end on the same weekday: the whole weeks, then the running one."""
        sunday = 7 * self.last + 3
        if self.end_day >= sunday:
            return [Span(self.first, self.last, sunday)]
        running = Span(self.last, self.last, self.end_day)
        if self.first == self.last:
            return [running]
        return [Span(self.first, self.last - 1, sunday - 7), running]

    def first_day(self, lookback_weeks: int = 0) -> int:
        """The first day of the bucket `lookback_weeks` before the first row."""
        return self.end_day - 7 * (self.last - self.first + lookback_weeks) - 6
