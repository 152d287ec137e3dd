"""Seats of every account, week by week."""

from bisect import bisect_left
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from tenure.contracts.selectors.periods import moment_of, periods_as_known
from tenure.core import clock

WEEK = timedelta(days=7)
SCHEMA = pa.schema([("account_id", pa.int64()), ("week", pa.date32()), ("seats", pa.int64())])


def seats_weekly(first_week: date, last_week: date) -> pa.Table:
    """Seats (trials included) at the end of each week, by Monday; the running week as of now.

    Columns account_id, week, seats, by account and week; no row where no seats are known.
    """
    monday, last = clock.week_start(first_week), clock.week_start(last_week)
    count = max((last - monday).days // 7 + 1, 0)
    mondays = [monday + WEEK * index for index in range(count)]
    # A week's last moment: its seats are those of the periods still running then.
    instant = timedelta(microseconds=1)
    moments = [min(moment_of(day) + WEEK - instant, clock.now()) for day in mondays]
    periods = [p for p in periods_as_known() if p.seats and not p.is_empty]
    accounts = sorted({p.account for p in periods})
    row_of = {account: row for row, account in enumerate(accounts)}
    grid = np.zeros((len(accounts), count + 1), dtype=np.int64)
    for p in periods:
        row = row_of[p.account]
        grid[row, bisect_left(moments, p.started)] += p.seats
        if p.ended is not None:
            grid[row, bisect_left(moments, p.ended)] -= p.seats
    seats = grid.cumsum(axis=1)[:, :-1]
    rows, columns = np.nonzero(seats)
    weeks = np.array(mondays, dtype="datetime64[D]")
    keys = np.array(accounts, dtype=np.int64)
    return pa.table([keys[rows], weeks[columns], seats[rows, columns]], schema=SCHEMA)
