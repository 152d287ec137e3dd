"""From MRR at the start of a window to MRR at its end: every movement, split by cause."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.money import Cause, Kind, MrrMatrix, Waterfall, as_money, waterfalls
from tenure.engine.retention.book import CAUSES, Book
from tenure.engine.retention.grid import matrix
from tenure.engine.retention.spans import Spans, stamp

START, TRIAL = CAUSES.index(Cause.START), CAUSES.index(Cause.TRIAL)
ALONE = {Kind.REACTIVATION: Cause.RETURN, Kind.CHURN: Cause.END}


@dataclass(frozen=True)
class Movement:
    """All accounts that moved one way. `causes`: (cause, signed amount), summing to `signed`."""

    kind: Kind
    accounts: int
    signed: Decimal
    causes: tuple[tuple[Cause, Decimal], ...]


@dataclass(frozen=True)
class Bridge:
    """A waterfall with its movements in the order new, reactivation, expansion, contraction, churn.

    mrr_start + the sum of all `signed` = mrr_end, exactly.
    """

    waterfall: Waterfall
    movements: tuple[Movement, ...]


ORDER = (Kind.NEW, Kind.REACTIVATION, Kind.EXPANSION, Kind.CONTRACTION, Kind.CHURN)


def bridge(book: Book, start: datetime, end: datetime, lives: Spans | None = None) -> Bridge:
    """The bridge of one window (start, end], as `money.movements` would sum it up.

    Args:
        book: Of the accounts to be counted.
        start: MRR at this moment is the base.
        end: MRR at this moment is the outcome; not after `book.as_of`.
        lives: See `grid.matrix`.
    """
    grid = matrix(book, [start, end], lives)
    steps = _cause_sums(book, grid)
    moved = grid.units[:, 1] - grid.units[:, 0]
    parts = [_movement(kind, mask, moved, steps) for kind, mask in _kinds(grid)]
    return Bridge(waterfalls(grid)[0], tuple(parts))


def _kinds(grid: MrrMatrix) -> Iterator[tuple[Kind, NDArray[np.bool_]]]:
    before, after = grid.units[:, 0], grid.units[:, 1]
    came, left = (before <= 0) & (after > 0), (before > 0) & (after <= 0)
    stayed, paid = ~came & ~left, grid.first_paid <= 0
    masks = {
        Kind.NEW: came & ~paid,
        Kind.REACTIVATION: came & paid,
        Kind.EXPANSION: stayed & (after > before),
        Kind.CONTRACTION: stayed & (after < before),
        Kind.CHURN: left,
    }
    return ((kind, masks[kind]) for kind in ORDER)


def _cause_sums(book: Book, grid: MrrMatrix) -> NDArray[Any]:
    """Units by account and cause within the window, and in the last column whether a trial ended.

    Shape (A, causes + 1).
    """
    sums = np.zeros((len(grid.accounts), len(CAUSES) + 1), dtype=np.int64)
    start, end = (stamp(moment) for moment in grid.moments)
    inside = (book.steps.at > start) & (book.steps.at <= end)
    rows = np.searchsorted(grid.accounts, book.steps.account[inside])
    np.add.at(sums, (rows, book.steps.cause[inside]), book.steps.units[inside])
    sums[rows[book.steps.cause[inside] == TRIAL], -1] = 1
    return sums


def _movement(
    kind: Kind, mask: NDArray[np.bool_], moved: NDArray[Any], steps: NDArray[Any]
) -> Movement:
    units = moved[mask]
    sums = np.zeros(len(CAUSES), dtype=np.int64)
    if kind in ALONE:
        sums[CAUSES.index(ALONE[kind])] = units.sum()
    elif kind is Kind.NEW:
        tried = steps[mask, -1] > 0
        sums[TRIAL], sums[START] = units[tried].sum(), units[~tried].sum()
    else:
        sums = steps[mask, :-1].sum(axis=0)
    causes = tuple((cause, as_money(n)) for cause, n in zip(CAUSES, sums, strict=True) if n)
    return Movement(kind, int((units != 0).sum()), as_money(units.sum()), causes)
