"""Times in which accounts pay and use: lost by use is who has no active person for N days."""

from collections.abc import Iterator

import numpy as np

from tenure.engine.retention.book import MARKS
from tenure.engine.retention.spans import DAY, Ints, Spans, spans_of

WEEK = 7 * DAY
MONDAY = 4 * DAY
"""5 January 1970, in microseconds."""


def in_use(
    spells: Spans, account: Ints, active: Ints, days: int, seen_from: int, now: int
) -> Spans:
    """The parts of the times of payment in which an account doesn't count as lost by use.

    Lost is who has no active person for `days` days: at max(last activity, start of payment,
    `seen_from`) + days, unless payment ended first. A return starts another part, with `opening`
    0; it is known to the week, so it is taken to be the week's Monday, the account's favour.

    Args:
        spells: Times of payment, with the marks `MARKS`.
        account: Keys, ascending. Shape (N,).
        active: The last activity in each week with any, microseconds, ascending by account.
        days: Days of the churn rule.
        seen_from: Microseconds; what happened before isn't known and isn't held against anyone.
        now: Microseconds; who could still come back in time isn't lost.
    """
    rows: list[tuple[int, ...]] = []
    begin = np.searchsorted(account, spells.account)
    stop = np.searchsorted(account, spells.account, side="right")
    for index in range(len(spells.account)):
        own = active[begin[index] : stop[index]]
        span = (int(spells.started[index]), int(spells.lost[index]))
        marks = [int(spells.marks[name][index]) for name in MARKS[:2]]
        for start, end, opening in _parts(span, own, days * DAY, seen_from, now):
            rows.append((int(spells.account[index]), start, end, *marks, opening))
    return spans_of(rows, MARKS)


def _parts(
    span: tuple[int, int], active: Ints, quiet: int, seen_from: int, now: int
) -> Iterator[tuple[int, int, int]]:
    """(start, end, opening) of the parts of one time of payment."""
    started, lost = span
    known = min(lost, now)
    since = max(started, seen_from)
    inside = active[(active > since) & (active <= known)]
    lasts = np.concatenate([np.array([since], dtype=np.int64), inside])
    mondays = (inside - MONDAY) // WEEK * WEEK + MONDAY
    start, opening = started, 1
    for at in np.flatnonzero(mondays > lasts[:-1] + quiet):
        yield start, int(lasts[at]) + quiet, opening
        start, opening = int(mondays[at]), 0
    end = int(lasts[-1]) + quiet
    yield start, (end if end < lost and end <= now else lost), opening
