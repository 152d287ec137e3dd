"""One account under two keys."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.leakage.columns import WORD, Column
from tenure.engine.panel.leakage.drift import follows, runs
from tenure.engine.panel.leakage.findings import NOTE, REFUSE, Finding, Table
from tenure.engine.panel.lookup import different
from tenure.engine.panel.rows import Ints
from tenure.engine.sentences import ALIKE, ONE_ACCOUNT_TWICE

_OWN_VALUES = 3


def duplicates(table: Table, columns: Sequence[Column]) -> Iterator[tuple[Finding, Ints]]:
    """Accounts all of whose rows are those of another account, with the rows to take out.

    Rows are alike when the origin, the label and every column are. Small accounts can be alike by
    chance, so an account is refused only when it shares three different numbers with the other that
    nobody else has at the origin: with n different values in use, a chance pair among n accounts
    shares two such numbers about every second time, three once in 2n times. Columns that follow
    from time do not count, and of columns made from one name (`seats`, `seats.mean_3`) the first.
    What is left is one note.
    """
    if not columns or not table.label.size:
        return
    origin = np.unique(table.origin, return_inverse=True)[1]
    values = _hashed(
        [np.unique(table.label, return_inverse=True)[1], *(column.code for column in columns)]
    )
    alike = np.unique(_hashed([origin, values]), return_inverse=True)[1]
    head = _heads(alike, table.account_code)
    twin = _twins(table.account_code, head)
    sure = _evidence(table, origin, columns, alike) >= _OWN_VALUES
    for account in np.flatnonzero(twin & sure):
        rows = np.flatnonzero(table.account_code == account)
        yield _refused(table, rows, head[rows[0]]), rows
    chance = np.flatnonzero(np.isin(table.account_code, np.flatnonzero(twin & ~sure)))
    if chance.size:
        yield _noted(table, int(chance[0]), int((twin & ~sure).sum())), chance[:0]


def _hashed(parts: Sequence[NDArray[np.integer[Any]]]) -> NDArray[np.uint64]:
    """One number for each row of whole numbers; different rows differ but for one in 10^19."""
    found = np.zeros(parts[0].shape[0], dtype=np.uint64)
    for part in parts:
        found = (found ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        found ^= found >> np.uint64(29)
        found *= np.uint64(0xBF58476D1CE4E5B9)
        found ^= found >> np.uint64(32)
    return found


def _heads(alike: Ints, account: Ints) -> Ints:
    """The smallest account code among the rows like each row, (n,)."""
    smallest = np.full(alike.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, alike, account)
    return np.asarray(smallest[alike])


def _twins(account: Ints, head: Ints) -> NDArray[np.bool_]:
    """By account code, whether all its rows are like those of one smaller account."""
    size = int(account.max()) + 1
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(low, account, head)
    np.maximum.at(high, account, head)
    return np.asarray((low == high) & (low < np.arange(size)))


def _evidence(table: Table, origin: Ints, columns: Sequence[Column], alike: Ints) -> Ints:
    """By account code, how many different numbers only rows like its own have at their origin."""
    like = np.bincount(alike)[alike]
    account = table.account_code
    size = int(account.max()) + 1
    found = np.zeros(size, dtype=np.int64)
    for column in _telling(columns, table):
        values = int(column.code.max()) + 1
        at = np.unique(origin * values + column.code, return_inverse=True)[1]
        own = (np.bincount(at)[at] == like) & column.known
        shared = different(account[own] * values + column.code[own])
        found += np.bincount(shared // values, minlength=size)
    return found


def _telling(columns: Sequence[Column], table: Table) -> list[Column]:
    firsts: dict[str, Column] = {}
    for column in columns:
        if column.kind != WORD and not follows(column, table) and not runs(column, table):
            firsts.setdefault(column.name.split(".")[0], column)
    return list(firsts.values())


def _refused(table: Table, rows: Ints, head: int) -> Finding:
    other = table.account[table.account_code == head][0]
    counts = {"other": other, "rows": rows.size}
    return table.found("duplicate", "", REFUSE, ONE_ACCOUNT_TWICE, rows[0], **counts)


def _noted(table: Table, row: int, accounts: int) -> Finding:
    return table.found("duplicate", "", NOTE, ALIKE, row, accounts=accounts)
