"""What could be learned from a panel on an earlier day."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from tenure.engine.panel.calendar import as_days, closed_months
from tenure.engine.panel.rows import Panel


def origins_before(
    panel: Panel, day: date | Any, horizon: int, *, gap: int = 0, delay: int = 0
) -> Panel:
    """The rows whose first `horizon` label months had closed by a test date, cut at that date.

    What came after the date is taken away again: `followed` counts only months that had closed by
    then, `months` only what came within them. `horizon` 1 keeps the most rows, those of which
    anything is known.

    Args:
        panel: Rows of any origins.
        day: The test date.
        horizon: Months, ≥ 1.
        gap: The blind gap in days that the panel was built with.
        delay: Days within which ends are reported; label months count as closed when they ended
            that long before the test date.

    An end that was recorded later than `delay` days after it came is still known here, because a
    panel does not keep when things were recorded; build a panel with `as_of` on the test date
    where that matters.
    """
    start = panel.origin + np.timedelta64(gap, "D")
    closed = closed_months(start, as_days(day) - np.timedelta64(delay, "D"))
    rows = closed >= horizon
    kept, closed = panel.take(rows), closed[rows]
    return replace(
        kept,
        months=np.where(kept.months <= closed[:, None], kept.months, 0),
        followed=np.minimum(kept.followed, closed),
    )
