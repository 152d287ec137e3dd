"""Columns that say nothing, and columns that no longer say the same."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.leakage.columns import DATE, NUMBER, Column
from tenure.engine.panel.leakage.findings import NOTE, QUARANTINE, Finding, Table
from tenure.engine.panel.leakage.separation import auc, auc_interval
from tenure.engine.panel.leakage.status import Seen
from tenure.engine.panel.lookup import different
from tenure.engine.panel.rows import Floats
from tenure.engine.sentences import CONSTANT, KNOWN_CHANGES, MEANING_TURNS, MOVED, UNIT_CHANGES

Mask = NDArray[np.bool_]
_BINS = 10
_SHIFTED = 0.25
_UNIT = 8.0
_LEVEL = 0.998


def constant(table: Table, column: Column) -> Iterator[Finding]:
    """The same value, or none, in every row."""
    if column.code.max(initial=0) < 1:
        yield table.found("constant", column.name, NOTE, CONSTANT, 0)


def shift(table: Table, column: Column, seen: Seen) -> Iterator[Finding]:
    """A column whose values, unit or meaning change between the older and the newest rows.

    The newest rows are those of the last fifth of the origins. Set aside: a median size that is
    eight times as large or as small for accounts that are in both; values that stop (or start) to
    be known; an AUC on the other side of 0.5 in the newer half of the rows with known labels, both
    intervals (at 99.8 %) clear of it. A note: a population stability index of 0.25 or more beyond
    what chance gives, Σ (new − old)·ln(new/old) over tenths of the older values and missing ones.
    Passed over: dates, columns that follow from the origin alone, as the calendar month does, and
    those that run on with it in nearly every account, as a tenure does.
    """
    newest = newest_rows(table)
    if newest is None or column.kind == DATE or follows(column, table) or runs(column, table):
        return
    old = ~newest
    found = (
        _known_changes(table, column, newest)
        or (_unit_changes(table, column, newest) if column.kind == NUMBER else None)
        or (_meaning_turns(table, column, seen) if column.kind == NUMBER else None)
    )
    if found is not None:
        yield found
        return
    account = table.account_code
    index = stability(column, old, newest)
    sizes = [np.count_nonzero(np.bincount(account[rows])) for rows in (old, newest)]
    if index >= _SHIFTED + _BINS * (1 / sizes[0] + 1 / sizes[1]):
        proof = np.flatnonzero(newest)[0]
        yield table.found("shift", column.name, NOTE, MOVED, proof, index=f"{index:.2f}")


def newest_rows(table: Table) -> Mask | None:
    """The rows of the last fifth of the origins; None when there are fewer than five."""
    origins = np.unique(table.origin)
    if origins.size < 5:
        return None
    return np.asarray(table.origin >= origins[-(origins.size // 5)])


def stability(column: Column, old: Mask, new: Mask) -> float:
    """Population stability index between two sets of rows, over tenths of the older values."""
    values = column.values[old]
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0
    few = different(column.code[old]).size <= _BINS + 1
    if few or column.kind != NUMBER:
        edges = np.unique(known)
    else:
        edges = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS))
    shares = [_shares(column.values[rows], edges) for rows in (old, new)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    place = np.where(np.isnan(values), edges.size + 1, np.searchsorted(edges, values))
    # Half a row in each bin keeps the logarithm finite.
    counts = np.bincount(place.astype(np.int64), minlength=edges.size + 2) + 0.5
    return np.asarray(counts / counts.sum())


def follows(column: Column, table: Table) -> bool:
    """Whether the origin alone settles the value."""
    origin = np.unique(table.origin, return_inverse=True)[1]
    pairs = different(origin * (int(column.code.max()) + 1) + column.code)
    return bool(pairs.size == int(origin.max()) + 1)


def runs(column: Column, table: Table) -> bool:
    """Whether the value goes on by about the same amount a day in nearly every account.

    Days, months of 28 to 31 days, and now and then one that starts anew all count.
    """
    order = np.lexsort((table.origin, table.account_code))
    account, day = table.account_code[order], table.origin[order].astype(np.int64)
    days, moved = np.diff(day), np.diff(column.values[order])
    pairs = (account[1:] == account[:-1]) & (days > 0)
    if not pairs.any() or np.isnan(moved[pairs]).any():
        return False
    slope = moved[pairs] / days[pairs]
    usual = float(np.median(slope))
    return bool(usual != 0 and (np.abs(slope - usual) <= 0.15 * abs(usual)).mean() >= 0.95)


def _known_changes(table: Table, column: Column, newest: Mask) -> Finding | None:
    before, after = column.known[~newest].mean(), column.known[newest].mean()
    if max(before, after) < 0.5 or min(before, after) > 0.01:
        return None
    shares = {"before": f"{before:.0%}", "after": f"{after:.0%}"}
    proof = np.flatnonzero(newest)[0]
    return table.found("shift", column.name, QUARANTINE, KNOWN_CHANGES, proof, **shares)


def _unit_changes(table: Table, column: Column, newest: Mask) -> Finding | None:
    account = table.account_code
    size = int(account.max()) + 1
    sides = [
        np.bincount(account[rows & column.known], minlength=size) for rows in (newest, ~newest)
    ]
    both = (sides[0] > 0) & (sides[1] > 0)
    inside = both[account] & column.known
    if both.sum() < 20:
        return None
    old, new = inside & ~newest, inside & newest
    middle = [float(np.median(np.abs(column.values[rows]))) for rows in (old, new)]
    if min(middle) <= 0 or abs(np.log(middle[1] / middle[0])) < np.log(_UNIT):
        return None
    at = np.flatnonzero(new)
    proof = at[np.argmax(np.abs(column.values[at]))]
    sizes = {"before": f"{middle[0]:g}", "after": f"{middle[1]:g}"}
    return table.found("shift", column.name, QUARANTINE, UNIT_CHANGES, proof, **sizes)


def _meaning_turns(table: Table, column: Column, seen: Seen) -> Finding | None:
    origins = np.unique(table.origin[seen.rows])
    if origins.size < 4:
        return None
    late = table.origin[seen.rows] >= origins[origins.size // 2]
    known = column.known[seen.rows]
    areas, bounds = [], []
    for part in (~late & known, late & known):
        ones = seen.ones
        area = auc(column.values[seen.rows[part]], ones[part])
        counts = seen.accounts(part & ones), seen.accounts(part & ~ones)
        areas.append(area)
        bounds.append(auc_interval(area, *counts, _LEVEL))
    apart = (bounds[0][1] < 0.5 < bounds[1][0]) or (bounds[1][1] < 0.5 < bounds[0][0])
    if not apart:
        return None
    sides = {"before": f"{areas[0]:.2f}", "after": f"{areas[1]:.2f}"}
    proof = seen.rows[np.flatnonzero(late & known)[0]]
    return table.found("shift", column.name, QUARANTINE, MEANING_TURNS, proof, **sides)
