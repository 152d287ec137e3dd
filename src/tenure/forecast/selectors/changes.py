"""Whose risk of churn crossed a line since a day before."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core.known import known_last
from tenure.forecast.models import Prediction, RunStatus
from tenure.forecast.selectors.predictions import CURRENT, newest_rows

LINES = (0.10, 0.25, 0.50)
"""Risks of churn within a year that a success manager is told of."""
LEAST = 0.05
"""A risk that moves less than this from one side of a line to the other has not crossed it."""


@dataclass(frozen=True)
class Crossed:
    """The risk of churn within a year went across `line`, upwards or down.

    `retrained`: by another training of the model than before, so the account need not have changed.
    """

    account: int
    before: float
    after: float
    line: float
    retrained: bool

    @property
    def up(self) -> bool:
        return self.after > self.before


def risk_crossings(accounts: QuerySet[Account], day: date) -> list[Crossed]:
    """The accounts whose risk crossed a line since the end of a day, replays left out."""
    then = _risks_then(accounts, day)
    rows = newest_rows(accounts).filter(run__signal=True).order_by("account_id")
    found = []
    for account, run, stay in rows.values_list("account_id", "run_id", "stay").iterator():
        if account not in then:
            continue
        old_run, before = then[account]
        line = line_crossed(before, 1.0 - stay)
        if line is not None:
            found.append(Crossed(account, before, 1.0 - stay, line, run != old_run))
    return found


def line_crossed(before: float, after: float) -> float | None:
    """The outermost line between two risks: the highest going up, the lowest going down."""
    low, high = sorted((before, after))
    between = [line for line in LINES if low < line <= high]
    if not between or high - low < LEAST - 1e-9:
        return None
    return between[-1] if after > before else between[0]


def _risks_then(accounts: QuerySet[Account], day: date) -> dict[int, tuple[int, float]]:
    """Account → (run, risk) as known at the end of a day."""
    rows = Prediction.objects.filter(
        account__in=accounts, as_of__gt=day - CURRENT, as_of__lte=day, run__signal=True
    ).exclude(run__status=RunStatus.REPLAY)
    told = rows.order_by(*known_last(day, "made_at")).values_list("account_id", "run_id", "stay")
    return {account: (run, 1.0 - stay) for account, run, stay in told.iterator()}
