"""Funnels and coming back, from the events of the store to the engine's arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tenure.engine.adoption import Comeback, Funnel, comeback, funnel
from tenure.metrics.compile.engine import DAY_US
from tenure.metrics.compile.span import day_index, week_index
from tenure.metrics.questions.features import Features
from tenure.metrics.questions.live import LiveStore

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
BITS = 62
UNITS = {"accounts": "account_id", "people": "person_id"}


@dataclass(frozen=True)
class Walk:
    """A funnel and the account of each of its units."""

    funnel: Funnel
    account: Ints


def funnel_found(
    store: LiveStore, features: Features, steps: Sequence[str], *, by: str, days: int, last: date
) -> Walk:
    """Who goes through the steps within `days`, the first of them up to `last`.

    The store has to reach `days` further, where there are events. `by`: accounts or people; a
    person who works in several accounts counts for the one of the smallest key.
    """
    unit = UNITS[by]
    values: dict[str, object] = dict(features.values)
    values |= {f"step_{i}": name for i, name in enumerate(steps)}
    names = ", ".join(f"$step_{i}" for i in range(len(steps)))
    ordered = " ".join(f"WHEN $step_{i} THEN {i}" for i in _firsts(steps))
    found = store.columns(
        f"""
        SELECT account_id, {unit} AS unit, us, CASE feature {ordered} END::BIGINT AS step FROM (
          SELECT account_id, {unit}, us, {features.name} AS feature
          FROM asked_events WHERE ({features.where}) AND {unit} <> 0
        ) WHERE feature IN ({names})
        """,  # noqa: S608 - made of constants; values are parameters
        values,
    )
    key, at, step = (np.asarray(found[name], dtype=np.int64) for name in ("unit", "us", "step"))
    key, at, step, account = _spread(steps, key, at, step, np.asarray(found["account_id"]))
    inside = (step > 0) | (at < (day_index(last) + 1) * DAY_US)
    key, at, step, account = key[inside], at[inside], step[inside], account[inside]
    least = int(key.min()) if len(key) else 0
    again = [i > 0 and steps[i] == steps[i - 1] for i in range(len(steps))]
    walked = funnel(key - least, at, step, len(steps), days * DAY_US, again)
    whole = Funnel(walked.unit + least, walked.reached, walked.started, walked.gaps)
    return Walk(whole, whole.unit if by == "accounts" else _accounts(whole.unit, key, account))


def _firsts(steps: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(steps) if name not in steps[:i]]


def _spread(
    steps: Sequence[str], key: Ints, at: Ints, step: Ints, account: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """An event of a step that comes again is each of those steps."""
    columns = [(key, at, step, account)]
    for i, name in enumerate(steps):
        first = steps.index(name)
        if first < i:
            same = step == first
            columns.append((key[same], at[same], np.full(int(same.sum()), i), account[same]))
    return tuple(np.concatenate(parts) for parts in zip(*columns, strict=True))  # type: ignore[return-value]


def _accounts(units: Ints, key: Ints, account: Ints) -> Ints:
    """The smallest account of each person."""
    place = np.searchsorted(units, key).clip(max=max(len(units) - 1, 0))
    known = units[place] == key if len(units) else np.zeros(len(key), dtype=bool)
    found = np.full(len(units), np.iinfo(np.int64).max)
    np.minimum.at(found, place[known], account[known])
    return found


@dataclass(frozen=True)
class Seen:
    """In which weeks or months each unit was seen.

    Attributes:
        units: Keys, ascending; `account`: the account of each.
        bits: Bit p is period `first` + p; the last one stands for all before `first`.
        first: The first period that is known from its start on, or the furthest back that is kept.
    """

    units: Ints
    account: Ints
    bits: Ints
    first: int


@dataclass(frozen=True)
class Return:
    """Who came back. `first`: the first period of which all is known."""

    units: Ints
    comeback: Comeback
    first: int


def first_period(grain: str, oldest: date, today: date) -> int:
    """The first period that can be kept and is known from its start on."""
    return max(period_of(grain, today) - BITS + 1, period_of(grain, oldest) + 1)


def seen_found(
    store: LiveStore, features: Features, feature: str, *, by: str, grain: str, first: int
) -> Seen:
    """When each account or person used a feature ("": anything).

    The store has to be open from its first day on. `first`: see `first_period`.
    """
    where, values = f"({features.where})", dict[str, object](features.values)
    if feature:
        where, values["wanted"] = f"{where} AND {features.name} = $wanted", feature
    elif features.name != "event":
        where = f"{where} AND {features.name} IS NOT NULL"
    values |= _bits(store, grain, first)
    unit = UNITS[by]
    found = store.columns(
        f"""
        WITH days AS (SELECT unnest($days::BIGINT[]) AS day, unnest($bits::BIGINT[]) AS bit)
        SELECT {unit} AS unit, min(account_id) AS account, bit_or(bit) AS seen
        FROM asked_events JOIN days USING (day) WHERE {where} AND {unit} <> 0
        GROUP BY {unit} ORDER BY 1
        """,  # noqa: S608 - made of constants; values are parameters
        values,
    )
    units, account, bits = (
        np.asarray(found[name], dtype=np.int64) for name in ("unit", "account", "seen")
    )
    return Seen(units, account, bits, first)


def laid_out(
    seen: Seen, *, grain: str, ages: int, today: date, paid: tuple[Ints, Ints] | None = None
) -> Return:
    """Who came back so many weeks or months after they began.

    A unit begins with its first use; with `paid`, (accounts ascending, day each first paid as a
    count since 1970), it begins there. Whoever began before `first` is left out.
    """
    running, first = period_of(grain, today), seen.first
    columns = [seen.units, seen.account, _began(seen.bits, first), seen.bits]
    if paid is not None:
        columns = _of_paid(columns, paid, grain)
    units, account, began, bits = (column[columns[2] >= first] for column in columns)
    matrix = (bits[:, None] >> np.arange(running - first + 1)[None, :]) & 1 == 1
    return Return(units, comeback(matrix, first, account, began, ages, running - 1), first)


def _bits(store: LiveStore, grain: str, first: int) -> dict[str, object]:
    """Each day of the store with the bit of its period; of all before `first` with the last one.

    Looking a day up is less work for each event than computing its month.
    """
    days = range(day_index(store.first), day_index(store.last) + 1)
    places = (period_of_day(grain, day) - first for day in days)
    return {"days": list(days), "bits": [1 << (p if p >= 0 else BITS) for p in places]}


def _began(seen: Ints, first: int) -> Ints:
    """The period of the lowest bit; before `first` where the last bit is set."""
    lowest = np.log2((seen & -seen).clip(min=1)).astype(np.int64)
    return np.where(seen >> BITS & 1 == 1, first - 1, first + lowest)


def _of_paid(columns: list[Ints], paid: tuple[Ints, Ints], grain: str) -> list[Ints]:
    """The same of all accounts that paid, by when they first did; without use they did nothing."""
    accounts, days = paid
    began = np.array([period_of_day(grain, int(day)) for day in days], dtype=np.int64)
    seen = np.zeros(len(accounts), dtype=np.int64)
    place = np.searchsorted(columns[0], accounts).clip(max=max(len(columns[0]) - 1, 0))
    if len(columns[0]):
        known = columns[0][place] == accounts
        seen[known] = columns[3][place[known]]
    return [accounts, accounts, began, seen]


def period_of(grain: str, day: date) -> int:
    """The number of the week or month that holds a day."""
    return week_index(day) if grain == "week" else (day.year - 1970) * 12 + day.month - 1


def period_of_day(grain: str, day: int) -> int:
    """The same of a day by its count since 1970."""
    if grain == "week":
        return (day + 3) // 7
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64))
