"""Names and numbers of accounts among the features."""

from collections.abc import Iterator

import numpy as np

from tenure.engine.panel.leakage.columns import DATE, WORD, Column
from tenure.engine.panel.leakage.findings import REFUSE, Finding, Table
from tenure.engine.panel.leakage.separation import auc
from tenure.engine.panel.lookup import different
from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.sentences import NAME, NUMBERED_ACCOUNTS, NUMBERED_ROWS

_FEWEST = 20
_WORDS_DIFFER, _NUMBERS_DIFFER = 0.95, 0.999
_DENSE = 2.0
_IN_STEP = 0.95


def identifier(table: Table, column: Column) -> Iterator[Finding]:
    """A column that names accounts or rows instead of saying something about them.

    Words that are different for nearly every account; whole numbers that are different for every
    account (or row) and are its key, run on without wide gaps, or rise with the accounts' first
    origins, as numbers given out one after another do. Days since an account began can run on
    without gaps too, but they fall as keys that are numbers rise.
    """
    first = _first_rows(table)
    values = column.values[first]
    if first.size < _FEWEST or column.kind == DATE or np.isnan(values).any():
        return
    if column.kind == WORD:
        share = np.unique(values).size / values.size
        if share >= _WORDS_DIFFER:
            yield table.found(
                "identifier", column.name, REFUSE, NAME, first[0], share=f"{share:.1%}"
            )
        return
    yield from _numbered(table, column, first)


def _numbered(table: Table, column: Column, first: Ints) -> Iterator[Finding]:
    every, values = column.values, column.values[first]
    # A row's number counts up row by row, an account's number stays while it is there.
    kept = np.array_equal(every, values[table.account_code])
    numbers = values if kept else every
    if np.isnan(numbers).any() or not _counts(numbers):
        return
    if different(numbers).size < _NUMBERS_DIFFER * numbers.size:
        return
    if not _given_out(numbers, table, first, kept=kept):
        return
    seen = ~np.isnan(table.label)
    area = auc(every[seen], table.label[seen] > 0)
    sentence = NUMBERED_ACCOUNTS if kept else NUMBERED_ROWS
    tells, proof = f"{max(area, 1 - area):.2f}", first[int(np.argmax(values))]
    yield table.found("identifier", column.name, REFUSE, sentence, proof, area=tells)


def _given_out(numbers: Floats, table: Table, first: Ints, *, kept: bool) -> bool:
    dense = float(np.ptp(numbers)) + 1 <= _DENSE * numbers.size
    if not kept:
        return dense
    keyed = table.account.dtype.kind in "iu"
    keys = table.account[first].astype(np.float64) if keyed else np.zeros(first.size)
    if np.array_equal(numbers, keys):
        return True
    if dense:
        return _step(numbers, keys) > -_IN_STEP
    return _step(numbers, table.origin[first].astype(np.float64)) >= _IN_STEP


def _first_rows(table: Table) -> Ints:
    """The earliest row of each account, in the order of the keys."""
    order = np.lexsort((table.origin, table.account_code))
    codes = table.account_code[order]
    return np.asarray(order[np.concatenate([[True], codes[1:] != codes[:-1]])[: order.size]])


def _counts(numbers: Floats) -> bool:
    return bool((numbers == np.floor(numbers)).all())


def _step(values: Floats, other: Floats) -> float:
    """Spearman's rank correlation; 0 when either does not vary."""
    from scipy.stats import rankdata  # loads much that few processes need

    ranks, others = rankdata(values), rankdata(other)
    if np.ptp(ranks) == 0 or np.ptp(others) == 0:
        return 0.0
    return float(np.corrcoef(ranks, others)[0, 1])
