"""What contracts say of the months to come, as it was recorded."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeAlias

import numpy as np

from tenure.engine import money
from tenure.engine.money import Period
from tenure.engine.panel.tables import Terms
from tenure.forecast.inputs.contracts import Books
from tenure.forecast.inputs.days import end_of

_Row: TypeAlias = tuple[int, date, date | None, float, float, date | None]
_TOLD = {True: 1.0, False: 0.0, None: np.nan}


def terms_until(books: Books, day: date) -> Terms:
    """The terms of each account at every time they changed until the end of a day."""
    rows = [row for account in books.accounts for row in _of_account(books, account, day)]
    none = np.datetime64("NaT")
    return Terms(
        account=np.array([r[0] for r in rows], dtype=np.int64),
        known_from=np.array([r[1] for r in rows], "datetime64[D]"),
        renews=np.array([none if r[2] is None else r[2] for r in rows], "datetime64[D]"),
        months=np.array([r[3] for r in rows], dtype=float),
        automatic=np.array([r[4] for r in rows], dtype=float),
        notice_effect=np.array([none if r[5] is None else r[5] for r in rows], "datetime64[D]"),
    )


def _of_account(books: Books, account: int, day: date) -> Iterator[_Row]:
    """One row a day: the one that held at its end."""
    by_day: dict[date, _Row] = {}
    for begin, stop, own in books.stretches(account, end_of(day)):
        turns = {begin, *(p.started for p in own), *(p.ended for p in own if p.ended is not None)}
        lines = money.by_subscription(own)
        for moment in sorted(turn for turn in turns if begin <= turn < stop):
            row = _terms_at(account, lines, moment)
            if row is not None:
                by_day[row[1]] = row
    yield from by_day.values()


def _terms_at(account: int, lines: list[list[Period]], moment: datetime) -> _Row | None:
    """The nearest renewal and its terms; and when all there is ends, if notice was given."""
    running = [
        (line, period)
        for line in lines
        for period in line
        if period.pays and period.active_at(moment)
    ]
    if not running:
        return None
    due = [(money.next_renewal(line, moment), period) for line, period in running]
    dated = [(at, period) for at, period in due if at is not None]
    renews, lead = min(dated, key=lambda pair: pair[0]) if dated else (None, running[0][1])
    ends = [_leaves(line, period, moment) for line, period in running]
    known_ends = [end for end in ends if end is not None]
    leaves = max(known_ends).date() if len(known_ends) == len(ends) else None
    return (
        account,
        moment.date(),
        None if renews is None else renews.date(),
        float(lead.term or np.nan),
        _TOLD[lead.auto_renew],
        leaves,
    )


def _leaves(line: list[Period], running: Period, moment: datetime) -> datetime | None:
    """When a subscription is known to stop: its stated end, or the renewal after its notice."""
    ended = line[-1].ended if line[-1].pays else running.ended
    if ended is not None:
        return ended
    notified = running.cancel_notified
    if notified is None or notified > moment:
        return None
    return money.next_renewal(line, moment)
