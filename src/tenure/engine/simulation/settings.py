"""What a simulation is asked for, its calendar and its streams of chance."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]

DAY = 86_400
WEEKS_PER_MONTH = 365.2425 / 12 / 7


@dataclass(frozen=True)
class Settings:
    """Size, length, seed and end of a simulated company.

    Attributes:
        accounts: accounts that ever sign up.
        months: months from the product's launch to `end`.
        seed: everything random follows from it and `end`.
        end: facts are dated before 00:00 UTC of this day.
    """

    accounts: int
    months: int
    seed: int
    end: date

    def __post_init__(self) -> None:
        if not 10 <= self.accounts <= 100_000:
            raise ValueError("A simulated company has between 10 and 100,000 accounts.")
        if not 3 <= self.months <= 120:
            raise ValueError("A simulation lasts between 3 and 120 months.")
        if self.seed < 0:
            raise ValueError("The seed is a whole number from 0.")

    def chance(self, concern: str) -> np.random.Generator:
        """A stream of chance of its own for each concern, so that one does not disturb another."""
        return np.random.default_rng([self.seed, zlib.crc32(concern.encode())])


@dataclass(frozen=True)
class Grid:
    """The calendar of a simulation. Times are float days since `start`, a Monday, 00:00 UTC."""

    start: np.datetime64
    end: float
    weeks: int

    @classmethod
    def of(cls, settings: Settings) -> "Grid":
        """The weeks from the Monday on or before `months` ago up to the end."""
        end = np.datetime64(settings.end, "D")
        begin = end - np.timedelta64(round(settings.months * WEEKS_PER_MONTH * 7), "D")
        start = begin - np.timedelta64((int(begin.astype(np.int64)) + 3) % 7, "D")
        days = int((end - start).astype(np.int64))
        return cls(start=start, end=float(days), weeks=-(-days // 7))

    def after_months(self, day: float, months: int) -> float:
        """The same time of day `months` later, on the last day of the month if it is shorter."""
        whole = int(np.floor(day))
        at = self.start + np.timedelta64(whole, "D")
        month = at.astype("datetime64[M]")
        into = int((at - month.astype("datetime64[D]")).astype(np.int64))
        target = month + np.timedelta64(months, "M")
        first = target.astype("datetime64[D]")
        length = int(((target + 1).astype("datetime64[D]") - first).astype(np.int64))
        landed = first + np.timedelta64(min(into, length - 1), "D")
        return float((landed - self.start).astype(np.int64)) + (day - whole)

    def seconds(self, days: Any) -> Ints:
        """Unix seconds of times in days since the start (whole seconds)."""
        epoch = int(self.start.astype("datetime64[s]").astype(np.int64))
        return epoch + np.floor(np.asarray(days, dtype=np.float64) * DAY).astype(np.int64)

    def months(self, days: Any) -> Ints:
        """Months since January 1970 of times in days since the start."""
        whole = np.floor(np.asarray(days, dtype=np.float64)).astype(np.int64)
        return (
            (self.start + whole.astype("timedelta64[D]")).astype("datetime64[M]").astype(np.int64)
        )

    def year_share(self, week: int) -> float:
        """Where in the year (0…1) the middle of a week lies."""
        at = self.start + np.timedelta64(week * 7 + 3, "D")
        return (
            int((at - at.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)) / 365.25
        )


def choose(chance: np.random.Generator, weights: Any, size: int) -> Ints:
    """Indices drawn by weight."""
    share = np.asarray(weights, dtype=np.float64)
    return chance.choice(len(share), size=size, p=share / share.sum()).astype(np.int64)
