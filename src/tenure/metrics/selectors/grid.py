"""The panel as matrices, for rooms that evaluate many accounts on many weeks at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tenure.metrics.models import PanelFile
from tenure.metrics.selectors.panel import panel_values

WEEK = timedelta(days=7)


def panel_grid(
    metrics: Sequence[str], first_week: date, last_week: date, accounts: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    """Metric → values of accounts (rows, ascending keys) by week (columns); nan where unknown.

    `first_week` and `last_week` are Mondays; every week between them has its column.
    """
    count = (last_week - first_week).days // 7 + 1
    grid = {metric: np.full((len(accounts), count), np.nan) for metric in metrics}
    if not metrics or not accounts:
        return grid
    table = panel_values(metrics, first_week, last_week, min(accounts), max(accounts))
    keys = np.asarray(accounts, dtype=np.int64)
    account = table["account_id"].to_numpy()
    days = table["week"].to_numpy().astype("datetime64[D]") - np.datetime64(first_week, "D")
    column = days.astype(np.int64) // 7
    row = np.minimum(np.searchsorted(keys, account), len(keys) - 1)
    fits = keys[row] == account
    for metric in metrics:
        values = table[metric].to_numpy().astype(float)
        grid[metric][row[fits], column[fits]] = values[fits]
    return grid


def panel_changed_from(since: datetime | None) -> date | None:
    """First day of the panel that was written after a time; None when nothing was."""
    files = PanelFile.objects.filter(retired_at__isnull=True)
    if since is not None:
        files = files.filter(written_at__gte=since)
    return files.order_by("first_week").values_list("first_week", flat=True).first()
