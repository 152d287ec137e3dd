"""Features from observations: the newest value, its age, its changes, its mean and its slope.

All as known at the origin: only what had occurred and been recorded by the end of that day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tenure.engine.panel.calendar import Days, months_after
from tenure.engine.panel.lookup import codes_of
from tenure.engine.panel.risk import Rows
from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.panel.series import Series
from tenure.engine.panel.tables import Observations
from tenure.engine.panel.windows import window_moments

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Recipe:
    """What to make of one observed name, beside its newest value.

    Attributes:
        age: Whole days since the newest value occurred, as `name.age`.
        changes: Newest value less the newest one that occurred by so many months before the
            origin (as known at the origin), as `name.change_1`.
        windows: Mean of the values that occurred in the last so many months, as `name.mean_3`, and
            their least-squares slope per month of 30.4375 days, as `name.slope_3`. A slope needs
            values of two different times.
    """

    age: bool = True
    changes: tuple[int, ...] = (1, 3)
    windows: tuple[int, ...] = (3, 6)

    def columns(self, name: str) -> tuple[str, ...]:
        """The names of the features, in order."""
        return (
            name,
            *([f"{name}.age"] if self.age else []),
            *(f"{name}.change_{months}" for months in self.changes),
            *(f"{name}.{what}_{months}" for months in self.windows for what in ("mean", "slope")),
        )


def end_of(day: Days) -> Ints:
    """The last second of each day."""
    return np.asarray(day.astype(np.int64) * _DAY_SECONDS + _DAY_SECONDS - 1)


def series_of(observations: Observations, accounts: Ints) -> Iterator[tuple[str, Series]]:
    """Each name with its series, in the order of the names' spelling."""
    order = np.argsort(observations.name, kind="stable")
    sorted_names = observations.name[order]
    for name in sorted(observations.names):
        at = observations.names.index(name)
        part = order[np.searchsorted(sorted_names, at) : np.searchsorted(sorted_names, at, "right")]
        code = codes_of(accounts, observations.account[part])
        part, code = part[code >= 0], code[code >= 0]
        yield (
            name,
            Series.of(
                code,
                observations.occurred[part].astype(np.int64),
                observations.recorded[part].astype(np.int64),
                observations.value[part],
            ),
        )


def names_of(
    observations: Observations, recipes: Mapping[str, Recipe], default: Recipe
) -> tuple[str, ...]:
    """The names of the features, in order."""
    names = sorted(observations.names)
    return tuple(c for name in names for c in recipes.get(name, default).columns(name))


def observed(
    observations: Observations, rows: Rows, recipes: Mapping[str, Recipe], default: Recipe
) -> Iterator[Floats]:
    """The columns of `names_of`, (n,) each; nan where nothing is known."""
    accounts = np.unique(rows.account)
    look = _Look(codes_of(accounts, rows.account), rows.origin, {})
    for name, series in series_of(observations, accounts):
        yield from _columns(series, recipes.get(name, default), look)


@dataclass(frozen=True)
class _Look:
    """Who looks, and from when: the same for every name."""

    code: Ints
    origin: Days
    ends: dict[int, Ints]

    def back(self, months: int) -> Ints:
        """The last second of the day so many months before each origin."""
        if months not in self.ends:
            self.ends[months] = end_of(months_after(self.origin, -months))
        return self.ends[months]


def _columns(series: Series, recipe: Recipe, look: _Look) -> Iterator[Floats]:
    known = look.back(0)
    at = series.newest(look.code, known, known)
    value = _taken(series.value, at)
    yield value
    if recipe.age:
        days = np.floor((known - _taken(series.line.time, at)) / _DAY_SECONDS)
        yield np.where(np.isnan(value), np.nan, days)
    for months in recipe.changes:
        before = series.newest(look.code, look.back(months), known)
        yield value - _taken(series.value, before)
    for months in recipe.windows:
        yield from window_moments(series, look.code, look.back(months), known)


def _taken(values: Ints | Floats, at: Ints) -> Floats:
    """values[at] as floats, nan where `at` is -1."""
    if not values.size:
        return np.full(at.shape, np.nan)
    return np.where(at >= 0, values[at], np.nan)
