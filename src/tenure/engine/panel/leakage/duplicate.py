"""One account under two keys."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.leakage.columns import WORD, Column
from tenure.engine.panel.leakage.findings import NOTE, REFUSE, Finding, Table
from tenure.engine.panel.rows import Ints

_OWN_VALUES = 2
_CHANGES = 3


def duplicates(table: Table, columns: Sequence[Column]) -> Iterator[tuple[Finding, Ints]]:
    """Accounts all of whose rows are those of another account, with the rows to take out.

    Rows are alike when the origin, the label and every column are. Small accounts can be alike by
    chance, so an account is refused only when a row of it holds two numbers or more that no other
    account has at that origin, or when it is alike through three different rows; what is left is
    one note.
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
    sure = _own(table.account_code, origin, columns, alike) | _moving(table.account_code, values)
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


def _own(account: Ints, origin: Ints, columns: Sequence[Column], alike: Ints) -> NDArray[np.bool_]:
    """By account code, whether a row has numbers that only rows like it have at its origin."""
    like = np.bincount(alike)[alike]
    own = np.zeros(origin.size, dtype=np.int64)
    for column in columns:
        if column.kind != WORD:
            codes = column.code
            at = np.unique(origin * (codes.max() + 1) + codes, return_inverse=True)[1]
            own += (np.bincount(at)[at] == like) & column.known
    most = np.zeros(int(account.max()) + 1, dtype=np.int64)
    np.maximum.at(most, account, own)
    return np.asarray(most >= _OWN_VALUES)


def _moving(account: Ints, values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """By account code, whether it has three different rows."""
    different = np.unique(np.stack([account, values.view(np.int64)], axis=1), axis=0)[:, 0]
    return np.bincount(different, minlength=int(account.max()) + 1) >= _CHANGES


def _refused(table: Table, rows: Ints, head: int) -> Finding:
    other = table.account[table.account_code == head][0]
    sentence = (
        "Account {account} has the same values as account {other} in all its {rows} rows, too many "
        "to be alike by chance: it is one account under two keys; the rows of {account} are taken "
        "out."
    )
    return table.found("duplicate", "", REFUSE, sentence, rows[0], other=other, rows=rows.size)


def _noted(table: Table, row: int, accounts: int) -> Finding:
    sentence = (
        "{accounts} accounts have the same values as another in all their rows ({account} is one), "
        "by chance or because they are there twice; look whether they are."
    )
    return table.found("duplicate", "", NOTE, sentence, row, accounts=accounts)
