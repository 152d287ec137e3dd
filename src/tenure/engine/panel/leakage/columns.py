"""Reading a column of any kind as numbers, with words and dates told apart."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.calendar import Days
from tenure.engine.panel.rows import Floats, Ints

NUMBER, WORD, DATE = "number", "word", "date"
_MISSING = ("", "None", "nan", "NaN", "NaT", "<NA>")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")


@dataclass(frozen=True)
class Column:
    """A column as numbers: of words their index in the order of the alphabet, of dates the day.

    `guessed`: a number that looks like a date (seconds or milliseconds since 1970, or 20250131).
    """

    name: str
    kind: str
    values: Floats
    guessed: bool = False

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a value, (n,)."""
        return ~np.isnan(self.values)

    @cached_property
    def code(self) -> Ints:
        """A whole number for each different value, the last for a missing one, (n,)."""
        filled = np.where(self.known, self.values, np.inf)
        return np.unique(filled, return_inverse=True)[1].astype(np.int64)


def read(name: str, raw: Any) -> Column:
    """A column of numbers, truths, dates or words."""
    values = np.asarray(raw)
    if values.dtype.kind in "biuf":
        return _numbers(name, values.astype(np.float64))
    if values.dtype.kind == "M":
        return Column(name, DATE, _days(values))
    words = np.char.strip(values.astype(np.str_))
    there = ~np.isin(words, _MISSING)
    if there.any() and all(_ISO.fullmatch(word) for word in words[there]):
        days = np.full(words.shape, np.datetime64("NaT", "D"))
        days[there] = words[there].astype("datetime64[s]").astype("datetime64[D]")
        return Column(name, DATE, _days(days))
    try:
        numbers = np.full(words.shape, np.nan)
        numbers[there] = words[there].astype(np.float64)
    except ValueError:
        codes = np.unique(words, return_inverse=True)[1].astype(np.float64)
        return Column(name, WORD, np.where(there, codes, np.nan))
    return _numbers(name, numbers)


def _days(values: Days) -> Floats:
    days = values.astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))


def _numbers(name: str, values: Floats) -> Column:
    known = values[~np.isnan(values)]
    if not known.size or (known != np.floor(known)).any() or np.unique(known).size < 3:
        return Column(name, NUMBER, values)
    for days in (_stamped(values, 1.0), _stamped(values, 1000.0), _calendar(values)):
        if days is not None:
            return Column(name, DATE, days, guessed=True)
    return Column(name, NUMBER, values)


def _stamped(values: Floats, per_second: float) -> Floats | None:
    """Days, when all values are times of 2000 to 2050 in these units since 1970."""
    seconds = values / per_second
    known = seconds[~np.isnan(seconds)]
    inside = ((known >= 946_684_800) & (known < 2_524_608_000)).all()
    return np.floor(seconds / 86_400) if inside else None


def _calendar(values: Floats) -> Floats | None:
    """Days, when all values are written as 20250131."""
    known = ~np.isnan(values)
    whole = np.where(known, values, 20_000_101.0)
    if ((whole < 19_900_101) | (whole > 20_991_231)).any():
        return None
    number = whole.astype(np.int64)
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if ((month < 1) | (month > 12) | (day < 1) | (day > 31)).any():
        return None
    days = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.where(known, days.astype(np.int64) + day - 1.0, np.nan)
