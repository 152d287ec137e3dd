"""Reads of the account-week panel."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
from django.db.models import Max, Min

from tenure.metrics.compile.span import FIRST_MONDAY, day_index, week_index
from tenure.metrics.models import PanelFile
from tenure.metrics.panel import files
from tenure.metrics.panel.slices import Box


def panel_values(
    keys: Sequence[str],
    first_week: date,
    last_week: date,
    account_from: int | None = None,
    account_to: int | None = None,
) -> pa.Table:
    """Weekly values of some metrics, ordered by account and week.

    Args:
        keys: Metric keys; a key the panel does not hold gives nulls.
        first_week: Any day of the first week.
        last_week: Any day of the last week.
        account_from: Lowest account key, None for no bound.
        account_to: Highest account key, None for no bound.

    Returns:
        account_id int64, week date32 (the Monday), then one float64 column per key.
    """
    low = 1 if account_from is None else account_from
    high = files.TOP if account_to is None else account_to
    box = Box(low, high, week_index(first_week), week_index(last_week))
    table = files.read(list(dict.fromkeys(keys)), box)
    days = np.asarray(table["week"]).astype(np.int64) * 7 + day_index(FIRST_MONDAY)
    monday = pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())
    return table.set_column(1, "week", monday)


def panel_weeks() -> tuple[date, date] | None:
    """The first and last Monday the panel holds; None before it was first computed."""
    row = PanelFile.objects.filter(retired_at__isnull=True).aggregate(
        first=Min("first_week"), last=Max("last_week")
    )
    return None if row["first"] is None else (row["first"], row["last"])
