"""Attributes of accounts as they were known on past days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.accounts.models import Account, AttributeChange

FIELDS = ("segment", "industry", "country", "language", "employees")


def attribute_on(field: str, days: Sequence[date], accounts: Sequence[int]) -> NDArray[Any]:
    """The values of one attribute at the end of each day, objects of shape (accounts, days).

    Today's value is carried back until the change that brought it; before that, its old one.
    """
    values = np.empty((len(accounts), len(days)), dtype=object)
    if not accounts:
        return values
    span = (min(accounts), max(accounts))
    now = dict(Account.objects.filter(pk__range=span).values_list("pk", field))
    for row, account in enumerate(accounts):
        values[row, :] = now.get(account)
    row_of = {account: row for row, account in enumerate(accounts)}
    ends = [datetime.combine(day + timedelta(days=1), time(), UTC) for day in days]
    changes = AttributeChange.objects.filter(account__pk__range=span, field=field)
    newest_first = changes.order_by("-recorded_at", "-id").values_list(
        "account_id", "old", "recorded_at"
    )
    for account, old, recorded in newest_first:
        if account in row_of:
            values[row_of[account], [end <= recorded for end in ends]] = old
    return values
