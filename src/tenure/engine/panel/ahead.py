"""What the contract says, at the origin, about each month to come."""

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.calendar import month_of
from tenure.engine.panel.lookup import Timeline, codes_of, distinct
from tenure.engine.panel.risk import Rows
from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.panel.tables import Terms

AHEAD = ("renews", "since_renewal", "renewals", "notice", "auto_renews")


def ahead_of(terms: Terms, rows: Rows, horizons: int) -> Floats:
    """For each row and month 1…H after its start, (n, H, 5), with the names AHEAD.

    `renews`: 1 when a renewal date falls into the month. `since_renewal`: months since the last
    renewal, 0 in a renewal month. `renewals`: how many renewal dates there are from the start to
    the month's end. `notice`: 1 when notice takes effect by the month's end. `auto_renews`: as the
    contract says. Renewal dates are the recorded one and every term length from it, in both
    directions; without a term length the recorded date alone. All nan where no terms had been
    recorded by the origin, the first three also where no renewal date is known.
    """
    at = _newest(terms, rows)
    ahead = np.full((rows.account.size, horizons, len(AHEAD)), np.nan)
    some = np.flatnonzero(at >= 0)
    at, start = at[some], rows.start[some]
    months = np.arange(1, horizons + 1)
    term = terms.months[at]
    dated = ~np.isnat(terms.renews[at])
    first = _month(start, terms.renews[at])
    known, term, first = some[dated], term[dated], first[dated]
    ahead[known, :, 0:3] = _renewals(first, term, months)
    notice = _month(start, terms.notice_effect[at])
    given = ~np.isnat(terms.notice_effect[at])
    ahead[some, :, 3] = given[:, None] & (notice[:, None] <= months)
    ahead[some, :, 4] = terms.automatic[at][:, None]
    return ahead


def _month(start: NDArray[np.datetime64], day: NDArray[np.datetime64]) -> Ints:
    """Month after the start in which each day falls; 0 for a missing day."""
    there = ~np.isnat(day)
    return np.where(there, month_of(start, np.where(there, day, start)), 0)


def _renewals(first: Ints, term: Floats, months: Ints) -> Floats:
    """The features `renews`, `since_renewal` and `renewals`, (n, H, 3).

    `first` is the month of the recorded renewal, counted from the start (0 or less: it is past).
    """
    again = ~np.isnan(term)
    every = np.where(again, term, 1.0)
    phase = np.mod(months - first[:, None], every[:, None])
    next_one = np.where(again, np.mod(first - 1, every) + 1, first)
    past = ~again & (first < 1)
    since = np.where(again[:, None], phase, months - first[:, None])
    since = np.where(~again[:, None] & (months < first[:, None]), np.nan, since)
    renews = np.where(again[:, None], phase == 0, months == first[:, None])
    passed = np.floor((months - next_one[:, None]) / every[:, None]) + 1
    count = np.where(again[:, None], np.maximum(passed, 0), months >= first[:, None])
    unknown = past[:, None]
    return np.stack(
        [np.where(unknown, np.nan, renews), since, np.where(unknown, np.nan, count)], axis=2
    )


def _newest(terms: Terms, rows: Rows) -> Ints:
    """Index of the terms that each row's account was known to have at the origin, or -1.

    Of terms recorded on one day the one with the latest renewal counts.
    """
    accounts = np.unique(rows.account)
    code = codes_of(accounts, terms.account)
    day = terms.known_from.astype(np.int64)
    order = distinct(
        code,
        day,
        terms.renews.astype(np.int64),
        terms.months,
        terms.automatic,
        terms.notice_effect.astype(np.int64),
    )
    order = order[code[order] >= 0]
    line = Timeline.of(code[order], day[order])
    at = line.last(codes_of(accounts, rows.account), rows.origin.astype(np.int64))
    if not order.size:
        return at
    return np.where(at >= 0, order[np.maximum(at, 0)], -1)
