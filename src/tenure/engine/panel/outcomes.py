"""What came after each origin, and how far each row is followed."""

from collections.abc import Sequence

import numpy as np

from tenure.engine.panel.calendar import Days, as_days, closed_months, month_of
from tenure.engine.panel.lookup import Timeline, codes_of, distinct
from tenure.engine.panel.risk import Rows
from tenure.engine.panel.rows import Ints
from tenure.engine.panel.tables import Arrivals, Grid

_DAY = np.timedelta64(1, "D")


def followed_of(rows: Rows, grid: Grid) -> Ints:
    """Whole months of each row whose window had closed `delay` days before the grid's day.

    A spell that ended for another reason than churn is followed for the months before its end.
    """
    closed = closed_months(rows.start, as_days(grid.as_of) - np.timedelta64(grid.delay, "D"))
    other = ~rows.churned & (rows.ended <= as_days(grid.as_of))
    return np.where(other, np.minimum(closed, closed_months(rows.start, rows.ended - _DAY)), closed)


def months_to_churn(rows: Rows, followed: Ints) -> Ints:
    """The month after the start in which each row churned, 0 where not within its closed months."""
    month = month_of(rows.start, rows.ended)
    return np.where(rows.churned & (month <= followed), month, 0)


def months_to(
    arrivals: Arrivals, causes: Sequence[str], rows: Rows, followed: Ints, grid: Grid
) -> Ints:
    """The month after the start in which each cause first came while the account was there, (n, k).

    0 where it was not recorded by the grid's day, or did not come within the closed months.
    """
    found = np.zeros((rows.account.size, len(causes)), dtype=np.int64)
    accounts = np.unique(rows.account)
    code = codes_of(accounts, rows.account)
    known = arrivals.recorded <= as_days(grid.as_of)
    for k, cause in enumerate(causes):
        of_cause = known & (arrivals.cause == cause)
        found[:, k] = _first_after(
            codes_of(accounts, arrivals.account[of_cause]), arrivals.occurred[of_cause], code, rows
        )
    return np.where(found <= followed[:, None], found, 0)


def _first_after(fact_code: Ints, occurred: Days, code: Ints, rows: Rows) -> Ints:
    inside = (fact_code >= 0) & ~np.isnat(occurred)
    fact_code, time = fact_code[inside], occurred[inside].astype(np.int64)
    order = distinct(fact_code, time)
    line = Timeline.of(fact_code[order], time[order])
    at = line.next(code, rows.start.astype(np.int64))
    day = line.time[at] if line.time.size else np.zeros(at.shape, dtype=np.int64)
    when = np.where(at >= 0, day, rows.start.astype(np.int64)).astype("datetime64[D]")
    there = (at >= 0) & (when < rows.ended)
    return np.where(there, month_of(rows.start, when), 0)
