"""P(still paying in twelve months) as it was known on many days, for the ladder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from tenure.forecast.inputs.days import Floats
from tenure.forecast.models import Prediction, RunStatus

CURRENT = timedelta(days=14)


@dataclass(frozen=True)
class Stays:
    """(accounts, days); nan where no model with a signal had predicted by then.

    `as_of`: the day whose knowledge each prediction has; NaT where there is none.
    """

    mean: Floats
    low: Floats
    high: Floats
    as_of: NDArray[np.datetime64]


def stay_on(days: Sequence[date], accounts: Sequence[int]) -> Stays:
    """For each day (ascending) the newest prediction of the two weeks before, replays left out.

    Nothing later than the day enters: neither into the inputs nor into the model, which must know
    no more than the inputs. Where the newest was made by a model without a signal there is none.
    """
    shape = (len(accounts), len(days))
    mean, low, high = (np.full(shape, np.nan) for _ in range(3))
    found = Stays(mean, low, high, as_of=np.full(shape, "NaT", dtype="datetime64[D]"))
    if not accounts or not days:
        return found
    rows = (
        Prediction.objects.filter(
            account__pk__range=(min(accounts), max(accounts)),
            as_of__range=(days[0] - CURRENT + timedelta(days=1), days[-1]),
            run__as_of__lte=F("as_of"),
        )
        .exclude(run__status=RunStatus.REPLAY)
        .order_by("as_of", "pk")
    )
    row_of = {account: row for row, account in enumerate(accounts)}
    fields = ("account_id", "as_of", "run__signal", "stay", "stay_low", "stay_high")
    for account, as_of, signal, *stay in rows.values_list(*fields).iterator():
        row = row_of.get(account)
        here = [at for at, day in enumerate(days) if as_of <= day < as_of + CURRENT]
        if row is not None and here:
            told = stay if signal else [np.nan] * 3
            found.mean[row, here], found.low[row, here], found.high[row, here] = told
            found.as_of[row, here] = as_of if signal else "NaT"
    return found


def predicted_since(moment: datetime) -> bool:
    """Whether anything that a day now could rest on was predicted at a moment or later."""
    rows = Prediction.objects.filter(as_of__gt=moment.date() - CURRENT, made_at__gte=moment)
    return rows.exclude(run__status=RunStatus.REPLAY).exists()
