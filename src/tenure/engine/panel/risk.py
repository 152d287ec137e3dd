"""The rows of a panel: which accounts are at risk on which origins, and how each spell ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.calendar import NEVER, Days, as_days, months_after
from tenure.engine.panel.lookup import distinct
from tenure.engine.panel.rows import CHURN, Ints
from tenure.engine.panel.tables import Grid, Spells


@dataclass(frozen=True)
class Rows:
    """n rows sorted by account and origin.

    `account`, `origin`, `began` and `ended` (n,): keys, test dates, first day of the spell and
    first day after it, NEVER where no end is known. `churned` (n,): whether a known end is churn.
    `start` (n,): the day after which label months count, origin + gap.
    """

    account: Ints
    origin: Days
    start: Days
    began: Days
    ended: Days
    churned: NDArray[np.bool_]


@dataclass(frozen=True)
class _Known:
    """Spells as known on the grid's day, sorted by account and begin."""

    account: Ints
    began: Days
    seen: Days
    ended: Days
    until: Days
    churned: NDArray[np.bool_]


def origins_of(grid: Grid) -> Days:
    """The monthly test dates of a grid."""
    first, last = as_days(grid.first), as_days(grid.last)
    most = int((last - first).astype(np.int64)) // 28 + 1
    origins = months_after(first, np.arange(most + 1))
    return np.asarray(origins[origins <= last])


def at_risk(spells: Spells, grid: Grid) -> Rows:
    """The rows of a grid.

    An account gives a row on an origin when its spell had begun and been recorded by then and does
    not end by `gap` days later. Only ends that had come and been recorded by the grid's `as_of`
    are known; where one is not and the account is known to have come back, the spell stops there.

    Raises:
        ValueError: Two spells of one account overlap.
    """
    known = _known(spells, as_days(grid.as_of))
    origins = origins_of(grid)
    low = np.searchsorted(origins, np.maximum(known.began, known.seen))
    gone = np.searchsorted(origins + np.timedelta64(grid.gap, "D"), known.ended)
    high = np.maximum(np.minimum(gone, np.searchsorted(origins, known.until)), low)
    spell = np.repeat(np.arange(low.size), high - low)
    starts = np.cumsum(high - low) - (high - low)
    origin = origins[np.arange(spell.size) - starts[spell] + low[spell]]
    return Rows(
        account=known.account[spell],
        origin=origin,
        start=origin + np.timedelta64(grid.gap, "D"),
        began=known.began[spell],
        ended=known.ended[spell],
        churned=known.churned[spell],
    )


def _known(spells: Spells, as_of: Days) -> _Known:
    seen, causes = spells.seen, spells.causes
    ends = np.where(np.isnat(spells.ended), NEVER, spells.ended)
    order = distinct(
        spells.account,
        spells.began.astype(np.int64),
        ends.astype(np.int64),
        spells.end_recorded.astype(np.int64),
        seen.astype(np.int64),
        causes,
    )
    order = order[seen[order] <= as_of]
    account, began = spells.account[order], spells.began[order]
    ended = ends[order]
    _refuse_overlaps(account, began, ended)
    came = (ended <= as_of) & ~(spells.end_recorded[order] > as_of)
    known = np.where(came, ended, NEVER)
    until = np.full(account.shape, NEVER)
    if account.size:
        until[:-1] = np.where(account[1:] == account[:-1], began[1:], NEVER)
    churned = came & (causes[order] == CHURN)
    return _Known(account, began, seen[order], known, until, churned)


def _refuse_overlaps(account: Ints, began: Days, ended: Days) -> None:
    wrong = (account[1:] == account[:-1]) & (began[1:] < ended[:-1])
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0]) + 1
        raise ValueError(
            f"Spells of account {account[at]} overlap: one begins on {began[at]}, before the end "
            f"of the one before ({ended[at - 1]}). Join them or correct the dates."
        )
    if (ended < began).any():
        at = int(np.flatnonzero(ended < began)[0])
        raise ValueError(f"The spell of account {account[at]} ends before it begins.")
