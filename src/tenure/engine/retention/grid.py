"""MRR and payment of many accounts at many moments, read off the books."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tenure.engine.money import MrrMatrix
from tenure.engine.retention.book import Book, Steps
from tenure.engine.retention.spans import Ints, Spans, among, rows_among, stamp


def matrix(book: Book, moments: Sequence[datetime], lives: Spans | None = None) -> MrrMatrix:
    """The same as `money.mrr_matrix` gives of the periods, from the books.

    Args:
        book: Of the accounts to be counted.
        moments: T ascending moments, none after `book.as_of`.
        lives: The times in which an account counts as one; None: its times of payment.

    Returns:
        Accounts without an exchange rate are left out, and named without their currencies.
    """
    lives = book.spells if lives is None else lives
    times = np.array([stamp(moment) for moment in moments], dtype=np.int64)
    keys = book.accounts[~among(book.accounts, book.unconverted)]
    opening = book.spells.firsts().of(keys)
    first_paid = np.full(len(keys), len(times), dtype=np.int64)
    first_paid[np.searchsorted(keys, opening.account)] = np.searchsorted(times, opening.started)
    return MrrMatrix(
        accounts=keys,
        moments=tuple(moments),
        units=units_at(book.steps, keys, times),
        paying=running(lives, keys, times),
        first_paid=first_paid,
        unconverted={int(account): () for account in book.unconverted},
    )


def part(grid: MrrMatrix, rows: NDArray[np.bool_], columns: Sequence[int]) -> MrrMatrix:
    """The chosen accounts of a matrix, at the chosen moments (ascending columns)."""
    at = np.array(columns, dtype=np.int64)
    return MrrMatrix(
        accounts=grid.accounts[rows],
        moments=tuple(grid.moments[column] for column in columns),
        units=grid.units[np.ix_(rows, at)],
        paying=grid.paying[np.ix_(rows, at)],
        first_paid=np.searchsorted(at, grid.first_paid[rows]),
        unconverted=grid.unconverted,
    )


def units_at(steps: Steps, keys: Ints, times: Ints) -> Ints:
    """MRR in units of 0.0001 of A accounts (ascending keys) at T ascending moments, (A, T)."""
    rows, own = rows_among(steps.account, keys)
    own &= steps.at <= times[-1]
    units = np.zeros((len(keys), len(times)), dtype=np.int64)
    np.add.at(units, (rows[own], np.searchsorted(times, steps.at[own])), steps.units[own])
    return units.cumsum(axis=1, out=units)


def first_units(steps: Steps, keys: Ints, at: Ints) -> Ints:
    """MRR of A accounts (ascending keys), each at a moment of its own, (A,)."""
    units = np.zeros(len(keys), dtype=np.int64)
    rows, own = rows_among(steps.account, keys)
    if len(keys):
        own &= steps.at <= at[rows]
    np.add.at(units, rows[own], steps.units[own])
    return units


def running(spans: Spans, keys: Ints, times: Ints) -> Ints:
    """1 where an account is within a span at a moment, else 0.

    Args:
        spans: Of any accounts; those that aren't among the keys are left out.
        keys: A ascending account keys.
        times: T ascending moments, microseconds.

    Returns:
        int64 of shape (A, T).
    """
    counts = np.zeros((len(keys), len(times)), dtype=np.int64)
    rows, own = rows_among(spans.account, keys)
    for moments, change in ((spans.started, 1), (spans.lost, -1)):
        by_then = own & (moments <= times[-1])
        np.add.at(counts, (rows[by_then], np.searchsorted(times, moments[by_then])), change)
    return counts.cumsum(axis=1, out=counts)
