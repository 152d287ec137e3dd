"""What could be known of accounts on the day a past play came to them, read afterwards."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from tenure.contracts.selectors import moment_of, rates
from tenure.contracts.selectors.periods import periods_each_known
from tenure.core import clock
from tenure.engine.money import mrr_at, paid_months, spells_of
from tenure.plays.effects.endpoints import KNOWN
from tenure.plays.effects.outcomes import CHUNK, Floats, Started, health_on, usage_before

DAY = timedelta(days=1)


def known_before(started: Sequence[Started]) -> dict[str, Floats]:
    """Each of `KNOWN` for (n,) accounts, none twice; nan where it was not known.

    Contracts are those recorded before the day began, as they stood then. Health is the newest
    score of the days before, use that of the last whole week before. Forecasts of that time are not
    there to be read, so chances to leave are nan.
    """
    found = {name: np.full(len(started), np.nan) for name in KNOWN}
    rows = sorted(range(len(started)), key=lambda i: started[i].account)
    for offset in range(0, len(rows), CHUNK):
        part = rows[offset : offset + CHUNK]
        some = [started[i] for i in part]
        found["mrr"][part], found["tenure"][part] = _paid(some)
        found["health"][part] = health_on(some, [one.day - DAY for one in some])
        found["usage"][part] = usage_before(some, [one.day for one in some])
    return found


def _paid(some: Sequence[Started]) -> tuple[Floats, Floats]:
    periods = periods_each_known({one.account: moment_of(one.day) for one in some})
    convert = rates().on(clock.today())
    mrr, months = np.full(len(some), np.nan), np.full(len(some), np.nan)
    for i, one in enumerate(some):
        moment, of = moment_of(one.day), periods.get(one.account)
        if not of:
            continue
        amount = mrr_at(of, moment, convert)
        mrr[i] = np.nan if amount is None else float(amount)
        months[i] = paid_months(spells_of(of), moment)
    return mrr, months
