"""What the contract says, at the origin, about each month to come."""

import numpy as np

from tenure.engine.panel.calendar import Days, month_of
from tenure.engine.panel.lookup import Timeline, codes_of, distinct
from tenure.engine.panel.risk import Rows
from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.panel.tables import Terms

AHEAD = ("renews", "since_renewal", "renewals", "notice", "auto_renews")
_ROWS_AT_ONCE = 20_000


def ahead_of(terms: Terms, rows: Rows, horizons: int) -> Floats:
    """For each row and month 1…H after its start, (n, H, 5), with the names AHEAD.

    `renews`: 1 when a renewal date falls into the month. `since_renewal`: months since the last
    renewal, 0 in a renewal month. `renewals`: how many renewal dates there are from the start to
    the month's end. `notice`: 1 when notice takes effect by the month's end. `auto_renews`: as the
    contract says. Renewal dates are the recorded one and every term length from it, in both
    directions; without a term length the recorded date alone. All nan where no terms had been
    recorded by the origin, the first three also where no renewal date is known.
    """
    ahead = np.full((rows.account.size, horizons, len(AHEAD)), np.nan)
    at = _newest(terms, rows)
    known = np.flatnonzero(at >= 0)
    # By parts, so that what is worked out on the way stays small beside the answer.
    for begin in range(0, known.size, _ROWS_AT_ONCE):
        part = known[begin : begin + _ROWS_AT_ONCE]
        _fill(ahead, part, terms, at[part], rows.start[part])
    return ahead


def _fill(ahead: Floats, part: Ints, terms: Terms, at: Ints, start: Days) -> None:
    months = np.arange(1, ahead.shape[1] + 1)
    renews, notice = terms.renews[at], terms.notice_effect[at]
    dated = ~np.isnat(renews)
    first = _month(start, renews)[dated]
    for column, values in enumerate(_renewals(first, terms.months[at][dated], months)):
        ahead[part[dated], :, column] = values
    effect = _month(start, notice)
    ahead[part, :, 3] = ~np.isnat(notice)[:, None] & (effect[:, None] <= months)
    ahead[part, :, 4] = terms.automatic[at][:, None]


def _month(start: Days, day: Days) -> Ints:
    """Month after the start in which each day falls; 0 for a missing day."""
    there = ~np.isnat(day)
    return np.where(there, month_of(start, np.where(there, day, start)), 0)


def _renewals(first: Ints, term: Floats, months: Ints) -> tuple[Floats, Floats, Floats]:
    """The features `renews`, `since_renewal` and `renewals`, (n, H) each.

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
    return np.where(unknown, np.nan, renews), since, np.where(unknown, np.nan, count)


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
