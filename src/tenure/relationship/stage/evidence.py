"""The small numbers behind each answer, as they are stored."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.ladder import CLAUSES
from tenure.relationship.inputs import Gathered
from tenure.relationship.stage.climb import Judged

WORDS = {-1: "no", 0: "unknown", 1: "yes"}
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


def clauses_of(gathered: Gathered, judged: Judged, day: int) -> list[dict[str, Any]]:
    """Clause → [answer, evidence] of every account on one day; empty where it doesn't pay."""
    answers = {
        name: [WORDS[a] for a in given.tolist()] for name, given in judged.weighed.clauses.items()
    }
    answers["client"] = [WORDS[a] for a in judged.weighed.client.tolist()]
    evidence = {name: _rows(columns) for name, columns in _columns(gathered, day).items()}
    nothing: list[dict[str, Any]] = [{} for _ in gathered.accounts]
    names = [*CLAUSES, "client"]
    pairs = [zip(answers[name], evidence.get(name, nothing), strict=True) for name in names]
    return [
        {name: list(pair) for name, pair in zip(names, of_account, strict=True)} if pays else {}
        for pays, of_account in zip(judged.paying.tolist(), zip(*pairs, strict=True), strict=True)
    ]


def _columns(gathered: Gathered, day: int) -> dict[str, dict[str, list[Any]]]:
    week, outlook = gathered.week(day), gathered.outlook
    at = gathered.columns[day]
    return {
        "C1": {
            "paid_months": _whole(week.paid_months),
            "renewals": _whole(week.renewals),
            "monthly": week.monthly.tolist(),
        },
        "C2": {
            "active_share": _short(week.active_weeks_share, 3),
            "touch_days": _whole(week.touch_days),
            "touch_collected": week.touch_collected.tolist(),
        },
        "C3": {
            "people": _whole(week.people),
            "seats": _whole(week.seats),
            "key_person": _whole(week.key_person),
        },
        "C4": {"days": _whole(week.outcome_days)},
        "C5": {
            "share": _short(week.attitude, 3),
            "answers": _whole(gathered.answers[:, day]),
        },
        "C6": {
            "chance": _short(outlook.mean[:, day], 4),
            "low": _short(outlook.low[:, day], 4),
            "high": _short(outlook.high[:, day], 4),
            "survived": _whole(outlook.survived[:, day]),
            "more": _whole(outlook.more[:, day]),
            "unit": _whole(outlook.unit[:, day]),
            "notice": gathered.contracts.notice[:, at].tolist(),
        },
        "A1": {"days": _whole(week.advocacy_days)},
    }


def _rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _whole(values: NDArray[np.float64]) -> list[int | None]:
    """Whole numbers; None for unknown and for never."""
    return [None if not np.isfinite(v) else int(v) for v in values.tolist()]


def _short(values: NDArray[np.float64], digits: int) -> list[float | None]:
    rounded = np.round(values, digits)
    return [None if v != v else v for v in rounded.tolist()]  # noqa: PLR0124 - nan
