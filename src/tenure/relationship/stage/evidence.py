"""The small numbers behind each answer, as they are stored."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.engine.ladder import CLAUSES
from tenure.relationship.inputs import Gathered
from tenure.relationship.stage.climb import Judged

WORDS = {-1: "no", 0: "unknown", 1: "yes"}
Rows: TypeAlias = NDArray[np.intp]
_NAMES = (*CLAUSES, "client")
LETTERS = {-1: "n", 0: "u", 1: "y"}


def answers_of(judged: Judged) -> list[str]:
    """One letter each for C1 to C6, A1 and client; empty for accounts that don't pay."""
    columns = [judged.weighed.clauses[name] for name in CLAUSES] + [judged.weighed.client]
    table = np.stack(columns, axis=1).tolist()
    paying = judged.paying.tolist()
    return [
        "".join(LETTERS[a] for a in row) if pays else ""
        for row, pays in zip(table, paying, strict=True)
    ]


def clauses_of(
    gathered: Gathered, judged: Judged, day: int, rows: Sequence[int]
) -> list[dict[str, Any]]:
    """Clause → [answer, evidence] of some accounts on one day; empty where they don't pay."""
    pays = judged.paying[list(rows)].tolist()
    at = np.array([row for row, paying in zip(rows, pays, strict=True) if paying], dtype=np.intp)
    given = {**judged.weighed.clauses, "client": judged.weighed.client}
    answers = {name: [WORDS[a] for a in given[name][at].tolist()] for name in _NAMES}
    evidence = {name: _rows(columns) for name, columns in _columns(gathered, day, at).items()}
    evidence["client"] = [{} for _ in range(at.size)]
    pairs = [zip(answers[name], evidence[name], strict=True) for name in _NAMES]
    told = (dict(zip(_NAMES, of_one, strict=True)) for of_one in zip(*pairs, strict=True))
    return [next(told) if paying else {} for paying in pays]


def _columns(gathered: Gathered, day: int, at: Rows) -> dict[str, dict[str, list[Any]]]:
    week, outlook = gathered.week(day), gathered.outlook
    column = gathered.columns[day]
    return {
        "C1": {
            "paid_months": _whole(week.paid_months[at]),
            "renewals": _whole(week.renewals[at]),
            "monthly": week.monthly[at].tolist(),
        },
        "C2": {
            "active_share": _short(week.active_weeks_share[at], 3),
            "touch_days": _whole(week.touch_days[at]),
            "touch_collected": week.touch_collected[at].tolist(),
        },
        "C3": {
            "people": _whole(week.people[at]),
            "seats": _whole(week.seats[at]),
            "key_person": _whole(week.key_person[at]),
        },
        "C4": {"days": _whole(week.outcome_days[at])},
        "C5": {
            "share": _short(week.attitude[at], 3),
            "answers": _whole(gathered.answers[at, day]),
        },
        "C6": {
            "chance": _short(outlook.mean[at, day], 4),
            "low": _short(outlook.low[at, day], 4),
            "high": _short(outlook.high[at, day], 4),
            "survived": _whole(outlook.survived[at, day]),
            "more": _whole(outlook.more[at, day]),
            "unit": _whole(outlook.unit[at, day]),
            "forecast": outlook.forecast[at, day].tolist(),
            "as_of": _days(outlook.as_of[at, day]),
            "notice": gathered.contracts.notice[at, column].tolist(),
        },
        "A1": {"days": _whole(week.advocacy_days[at])},
    }


def _rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _whole(values: NDArray[np.float64]) -> list[int | None]:
    """Whole numbers; None for unknown and for never."""
    known = np.isfinite(values)
    objects = np.where(known, values, 0.0).astype(np.int64).astype(object)
    objects[~known] = None
    return list(objects.tolist())


def _days(values: NDArray[np.datetime64]) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in values.tolist()]


def _short(values: NDArray[np.float64], digits: int) -> list[float | None]:
    objects = np.round(values, digits).astype(object)
    objects[np.isnan(values)] = None
    return list(objects.tolist())
