"""What the manifest says of a table of events: ranges, weeks touched, who waits."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]

WEEK_US = 7 * 86_400_000_000
# 1970-01-01 was a Thursday: Monday of its week is three days before.
MONDAY_US = -3 * 86_400_000_000
MONDAY = date(1969, 12, 29)
LISTED_ACCOUNTS = 500


@dataclass(frozen=True)
class Week:
    """An ISO week and the accounts whose events changed in it."""

    start: date
    accounts: Ints


def ints(table: pa.Table, column: str) -> Ints:
    """A column of whole numbers or time stamps (microseconds) as numpy."""
    values = table.column(column)
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return np.asarray(values.to_numpy())


def ranges(table: pa.Table) -> dict[str, Any]:
    """The manifest's columns for a file that holds `table`."""
    accounts = ints(table, "account_id")
    times = pc.min_max(table.column("occurred_at")).as_py()
    return {
        "rows": table.num_rows,
        "account_min": int(accounts.min()),
        "account_max": int(accounts.max()),
        "occurred_min": times["min"],
        "occurred_max": times["max"],
        "waiting": int((accounts == 0).sum()),
        "anonymous": int((ints(table, "person_id") == 0).sum()),
    }


def weeks_touched(accounts: Ints, occurred: Ints) -> list[Week]:
    """The weeks with their accounts; events that wait for an account touch nothing yet."""
    counted = accounts > 0
    week = (occurred[counted] - MONDAY_US) // WEEK_US
    accounts = accounts[counted]
    order = np.lexsort((accounts, week))
    week, accounts = week[order], accounts[order]
    fresh = np.ones(len(week), dtype=bool)
    fresh[1:] = (week[1:] != week[:-1]) | (accounts[1:] != accounts[:-1])
    week, accounts = week[fresh], accounts[fresh]
    starts = np.flatnonzero(np.r_[True, week[1:] != week[:-1]][: len(week)])
    groups: list[Ints] = np.split(accounts, starts[1:]) if len(week) else []
    return [
        Week(MONDAY + timedelta(weeks=int(week[at])), group)
        for at, group in zip(starts, groups, strict=True)
    ]


def waiting_by_ref(accounts: Ints, refs: Ints) -> dict[int, int]:
    """How many events wait for each named account id."""
    waiting = refs[(accounts == 0) & (refs > 0)]
    keys, counts = np.unique(waiting, return_counts=True)
    return {int(key): int(count) for key, count in zip(keys, counts, strict=True)}
