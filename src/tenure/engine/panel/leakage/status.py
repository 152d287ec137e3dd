"""Columns written after the event: a status, a reason, an end date that only some have."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from tenure.engine.panel.leakage.columns import DATE, WORD, Column
from tenure.engine.panel.leakage.findings import QUARANTINE, REFUSE, Finding, Table
from tenure.engine.panel.leakage.separation import auc, auc_interval, shares_between
from tenure.engine.panel.lookup import different
from tenure.engine.panel.rows import Ints
from tenure.engine.sentences import (
    FILLED_IN,
    MISSING,
    ONE_VALUE,
    OTHER_VALUE,
    TELLING_DATES,
    TELLING_VALUES,
)

_LEVEL = 0.98
_REFUSED_RATIO, _DOUBTED_RATIO = 50.0, 20.0
_REFUSED_AREA, _DOUBTED_AREA = (0.99, 0.95), (0.97, 0.90)
_HONEST_MISTAKES, _FEW_WRONG = 0.1, 0.01
_REFUSED_CHANCE, _REFUSED_FEWEST = 1e-6, 20
_DOUBTED_CHANCE, _DOUBTED_FEWEST = 0.01, 5


@dataclass(frozen=True)
class Seen:
    """Rows whose label is known: their index, label, and the account of each as a number."""

    rows: Ints
    ones: NDArray[np.bool_]
    account: Ints

    @classmethod
    def of(cls, table: Table) -> "Seen":
        """From a table."""
        rows = np.flatnonzero(~np.isnan(table.label))
        return cls(rows, table.label[rows] > 0, table.account_code[rows])

    def accounts(self, which: NDArray[np.bool_]) -> int:
        """How many different accounts some rows have: rows of one account are no new evidence."""
        return int(np.count_nonzero(np.bincount(self.account[which])))

    def by_code(self, code: Ints) -> tuple[Ints, Ints]:
        """For each code 0, 1, …, accounts that have it in rows with the label, and without."""
        size = int(self.account.max()) + 1
        found = [
            different(code[part] * size + self.account[part]) for part in (self.ones, ~self.ones)
        ]
        most = int(code.max()) + 1
        here, false = (np.bincount(keys // size, minlength=most) for keys in found)
        return here, false


def status(table: Table, column: Column, seen: Seen) -> Iterator[Finding]:
    """A value, or a missing one, that all but tells the label; or an order that does.

    A value v is judged by the likelihood ratio P(v | label)/P(v | no label), whose lower bound is
    taken from exact intervals over accounts: 50 and more is refused, 20 and more set aside. No
    share of the label enters, so a common label is judged like a rare one. With too few accounts
    for a bound, a column that matches the label in 99 of 100 accounts is set aside if an honest
    one, right in nine of ten, would do that once in a hundred times, and refused if once in a
    million.
    An order of values is judged by its AUC: 0.99 and more is refused, 0.97 set aside, if the lower
    bounds are at least 0.95 and 0.90.
    """
    known = column.known[seen.rows]
    if not seen.ones.any() or seen.ones.all() or not known.any():
        return
    found = _missing(table, column, seen, known) or _telling_value(table, column, seen)
    if found is None and column.kind != WORD:
        found = _telling_order(table, column, seen, known)
    if found is not None:
        yield found


def _missing(table: Table, column: Column, seen: Seen, known: NDArray[np.bool_]) -> Finding | None:
    if known.all():
        return None
    told = _telling(known.astype(np.int64), seen)
    if told is None:
        return None
    severity, code, counts = told
    proof = seen.rows[np.flatnonzero((known == code) & seen.ones)[0]]
    sentence = FILLED_IN if code else MISSING
    return table.found("missing", column.name, severity, sentence, proof, **counts)


def _telling_value(table: Table, column: Column, seen: Seen) -> Finding | None:
    code = column.code[seen.rows]
    told, which, usual = _telling(code, seen), code, ""
    if told is None:
        # Anything at all for those to whom it came, and the same for nearly all others.
        most = int(np.argmax(np.bincount(code[~seen.ones])))
        which = (code != most).astype(np.int64)
        told = _telling(which, seen)
        usual = table.text(column.name, seen.rows[np.argmin(which)])
    if told is None or (which is not code and told[1] == 0):
        return None
    severity, best, counts = told
    proof = seen.rows[np.flatnonzero((which == best) & seen.ones)[0]]
    sentence = ONE_VALUE if which is code else OTHER_VALUE
    return table.found("status", column.name, severity, sentence, proof, usual=usual, **counts)


def _telling(code: Ints, seen: Seen) -> tuple[str, int, dict[str, Any]] | None:
    """The most telling code, if one all but tells the label: severity, code, counts."""
    there, others = seen.accounts(seen.ones), seen.accounts(~seen.ones)
    here, false = seen.by_code(code)
    # The most telling of many values is telling by chance too: each has its part of the risk.
    level = 1 - (1 - _LEVEL) / max(1, int(np.count_nonzero(here + false)) - 1)
    low = shares_between(here, there, level)[0]
    high = shares_between(false, others, level)[1]
    ratio = low / high
    wrong = (there - here) + false
    luck = np.ones(wrong.size)
    few = wrong <= _FEW_WRONG * (there + others)
    luck[few] = bdtr(wrong[few], there + others, _HONEST_MISTAKES)
    fewest = min(there, others)
    refused = (ratio >= _REFUSED_RATIO) | ((luck <= _REFUSED_CHANCE) & (fewest >= _REFUSED_FEWEST))
    doubted = (ratio >= _DOUBTED_RATIO) | ((luck <= _DOUBTED_CHANCE) & (fewest >= _DOUBTED_FEWEST))
    if not (refused | doubted).any():
        return None
    severity = REFUSE if refused.any() else QUARANTINE
    best = int(np.argmax(np.where(refused if refused.any() else doubted, ratio, -1.0)))
    counts = {"here": here[best], "there": there, "false": false[best], "others": others}
    return severity, best, counts


def _telling_order(
    table: Table, column: Column, seen: Seen, known: NDArray[np.bool_]
) -> Finding | None:
    values, ones = column.values[seen.rows], seen.ones
    area = auc(values[known], ones[known])
    counts = seen.accounts(known & ones), seen.accounts(known & ~ones)
    low = auc_interval(max(area, 1 - area), *counts, _LEVEL)[0]
    strength = max(area, 1 - area)
    if strength < _DOUBTED_AREA[0] or low < _DOUBTED_AREA[1]:
        return None
    sure = strength >= _REFUSED_AREA[0] and low >= _REFUSED_AREA[1]
    among = np.flatnonzero(known & ones)
    proof = among[np.argmax(values[among] if area > 0.5 else -values[among])]
    sentence = TELLING_DATES if column.kind == DATE else TELLING_VALUES
    severity = REFUSE if sure else QUARANTINE
    row = seen.rows[int(proof)]
    counted = {"area": f"{strength:.3f}", "low": f"{low:.3f}"}
    return table.found("status", column.name, severity, sentence, row, **counted)
