"""Features that were made with hindsight: compared with what was recorded by each origin."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.leakage.findings import REFUSE, Finding, Table
from tenure.engine.panel.lookup import codes_of
from tenure.engine.panel.observed import end_of, series_of
from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.panel.series import Series
from tenure.engine.panel.tables import Observations
from tenure.engine.sentences import HINDSIGHT

_SHARE = 0.9
_EVER = np.iinfo(np.int64).max


def hindsight(table: Table, observations: Observations) -> Iterator[Finding]:
    """Columns named like an observation whose values are newer than the origin knew.

    Where a column differs from the newest value that had occurred and been recorded by the origin,
    it should differ for a reason of its own. When nine of ten such rows hold the newest value that
    was recorded later, or that occurred later, the column was made from today's table.
    """
    accounts = np.unique(table.account.astype(np.int64))
    code = codes_of(accounts, table.account.astype(np.int64))
    known = end_of(table.origin)
    ever = np.full(known.shape, _EVER)
    for name, series in series_of(observations, accounts):
        if name in table.columns:
            has = np.asarray(table.columns[name], dtype=np.float64)
            wrong = ~_same(has, series, series.newest(code, known, known)) & ~np.isnan(has)
            late, future = series.newest(code, known, ever), series.newest(code, ever, ever)
            found = _told(table, name, wrong, has, series, late)
            found = found or _told(table, name, wrong, has, series, future)
            if found is not None:
                yield found


def _same(has: Floats, series: Series, at: Ints) -> NDArray[np.bool_]:
    if not series.value.size:
        return np.isnan(has)
    value = np.where(at >= 0, series.value[at], np.nan)
    return np.asarray((has == value) | (np.isnan(has) & np.isnan(value)))


def _told(
    table: Table, name: str, wrong: NDArray[np.bool_], has: Floats, series: Series, at: Ints
) -> Finding | None:
    explained = np.flatnonzero(wrong & _same(has, series, at))
    if not explained.size or explained.size < _SHARE * wrong.sum():
        return None
    facts = at[explained]
    late = series.recorded[facts] - end_of(table.origin[explained])
    worst = int(np.argmax(late))
    fact = facts[worst]
    occurred, recorded = (
        str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))
        for seconds in (series.line.time[fact], series.recorded[fact])
    )
    future = occurred > str(table.origin[explained[worst]])
    counts = {"occurred": occurred, "recorded": recorded, "rows": explained.size}
    rule = "future" if future else "late"
    return table.found(rule, name, REFUSE, HINDSIGHT, explained[worst], **counts)
