"""Invoices day after day: read once, and looked through again for each day."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tenure.contracts.models import Invoice
from tenure.contracts.selectors.payments import NOT_OWED
from tenure.segments.facts.moment import Moment

_NEVER = np.iinfo(np.int64).max
_START, _STEP = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Invoices:
    """What `tenure.segments.facts.invoices` reads, of days that are over."""

    def __init__(self) -> None:
        rows = list(
            Invoice.objects.order_by("account_id").values_list(
                "account_id", "issued_at", "due_at", "paid_at", "status", "recorded_at",
                "superseded_at",
            )
        )  # fmt: skip
        self._account = np.array([row[0] for row in rows], dtype=np.int64)
        self._owed = np.array([row[4] not in NOT_OWED for row in rows], dtype=bool)
        self._issued = _moments([row[1] for row in rows], missing=-_NEVER)
        self._due = _moments([row[2] for row in rows], missing=_NEVER)
        self._paid = _moments([row[3] for row in rows], missing=_NEVER)
        self._recorded = _moments([row[5] for row in rows], missing=_NEVER)
        self._superseded = _moments([row[6] for row in rows], missing=_NEVER)

    def overdue_days(self, moment: Moment) -> dict[int, float]:
        """Days that the oldest unpaid invoice of each account with invoices is late, else 0."""
        end = (moment.end - _START) // _STEP
        known = (self._recorded < end) & (self._superseded >= end)
        billed = np.unique(self._account[known & (self._issued < end)])
        found = dict.fromkeys(billed.tolist(), 0.0)
        late = known & self._owed & (self._paid >= end) & (self._due < end)
        late &= np.isin(self._account, billed)
        account, due = self._account[late], self._due[late]
        order = np.lexsort((due, account))
        first = np.unique(account[order], return_index=True)[1]
        for key, at in zip(account[order][first].tolist(), due[order][first].tolist(), strict=True):
            found[key] = float((moment.today - (_START + at * _STEP).date()).days)
        return found


def _moments(values: list[datetime | None], missing: int) -> NDArray[np.int64]:
    """Microseconds."""
    told = (missing if value is None else (value - _START) // _STEP for value in values)
    return np.fromiter(told, dtype=np.int64, count=len(values))
