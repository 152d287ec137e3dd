"""P(still paying in twelve months) as it was known on many days, for the ladder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import Prediction, RunStatus

CURRENT = timedelta(days=14)


@dataclass(frozen=True)
class Stays:
    """(accounts, days); nan where no model with a signal had predicted by then."""

    mean: Floats
    low: Floats
    high: Floats


def stay_on(days: Sequence[date], accounts: Sequence[int]) -> Stays:
    """For each day (ascending) the newest prediction of the two weeks before, replays left out."""
    shape = (len(accounts), len(days))
    found = Stays(*(np.full(shape, np.nan) for _ in range(3)))
    if not accounts or not days:
        return found
    rows = (
        Prediction.objects.filter(
            account__pk__range=(min(accounts), max(accounts)),
            as_of__range=(days[0] - CURRENT + timedelta(days=1), days[-1]),
            run__signal=True,
        )
        .exclude(run__status=RunStatus.REPLAY)
        .order_by("as_of", "pk")
    )
    row_of = {account: row for row, account in enumerate(accounts)}
    fields = ("account_id", "as_of", "stay", "stay_low", "stay_high")
    for account, as_of, stay, low, high in rows.values_list(*fields).iterator():
        row = row_of.get(account)
        here = [at for at, day in enumerate(days) if as_of <= day < as_of + CURRENT]
        if row is not None and here:
            found.mean[row, here] = stay
            found.low[row, here] = low
            found.high[row, here] = high
    return found
