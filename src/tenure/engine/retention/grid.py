"""MRR and payment of many accounts at many moments, read off the books."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from tenure.engine.money import MrrMatrix
from tenure.engine.retention.book import Book, Steps
from tenure.engine.retention.spans import OPEN, Ints, Spans, among, stamp


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
    keys = np.unique(np.concatenate([book.steps.account, book.spells.account]))
    keys = keys[~among(keys, book.unconverted)]
    opening = book.spells.firsts_of(keys)
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


def units_at(steps: Steps, keys: Ints, times: Ints) -> Ints:
    """MRR in units of 0.0001 of A accounts (ascending keys) at T ascending moments, (A, T)."""
    own = steps.of(keys)
    units = np.zeros((len(keys), len(times) + 1), dtype=np.int64)
    np.add.at(
        units, (np.searchsorted(keys, own.account), np.searchsorted(times, own.at)), own.units
    )
    return units.cumsum(axis=1)[:, :-1]


def first_units(steps: Steps, keys: Ints, at: Ints) -> Ints:
    """MRR of A accounts (ascending keys), each at a moment of its own, (A,)."""
    own = steps.of(keys)
    rows = np.searchsorted(keys, own.account)
    counted = own.at <= at[rows]
    units = np.zeros(len(keys), dtype=np.int64)
    np.add.at(units, rows[counted], own.units[counted])
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
    own = spans.of(keys)
    counts = np.zeros((len(keys), len(times) + 1), dtype=np.int64)
    rows = np.searchsorted(keys, own.account)
    np.add.at(counts, (rows, np.searchsorted(times, own.started)), 1)
    ended = own.lost < OPEN
    np.add.at(counts, (rows[ended], np.searchsorted(times, own.lost[ended])), -1)
    return counts.cumsum(axis=1)[:, :-1]
