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


def observed(
    observations: Observations, rows: Rows, recipes: Mapping[str, Recipe], default: Recipe
) -> tuple[Floats, tuple[str, ...]]:
    """Features (n, p) and their p names; nan where nothing is known."""
    names = [
        column
        for name in sorted(observations.names)
        for column in recipes.get(name, default).columns(name)
    ]
    features = np.empty((rows.account.size, len(names)), order="F")
    accounts = np.unique(rows.account)
    code = codes_of(accounts, rows.account)
    at = 0
    for name, series in series_of(observations, accounts):
        for column in _columns(series, recipes.get(name, default), code, rows):
            features[:, at] = column
            at += 1
    return features, tuple(names)


def _columns(series: Series, recipe: Recipe, code: Ints, rows: Rows) -> Iterator[Floats]:
    known = end_of(rows.origin)
    at = series.newest(code, known, known)
    value = _taken(series.value, at)
    yield value
    if recipe.age:
        days = np.floor((known - _taken(series.line.time, at)) / _DAY_SECONDS)
        yield np.where(np.isnan(value), np.nan, days)
    for months in recipe.changes:
        before = series.newest(code, end_of(months_after(rows.origin, -months)), known)
        yield value - _taken(series.value, before)
    for months in recipe.windows:
        after = end_of(months_after(rows.origin, -months))
        yield from window_moments(series, code, after, known)


def _taken(values: Ints | Floats, at: Ints) -> Floats:
    """values[at] as floats, nan where `at` is -1."""
    if not values.size:
        return np.full(at.shape, np.nan)
    return np.where(at >= 0, values[at], np.nan)
