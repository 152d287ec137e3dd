"""Backtests over rolling origins: forecasts as they would have been made on each test date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from tenure.engine.panel.calendar import as_days
from tenure.engine.panel.rows import Floats, Ints, Panel
from tenure.engine.panel.split import origins_before

Forecaster = Callable[[Panel, Panel], Floats]
"""From the rows to learn from and the rows to forecast (n) to survival (n, H), columns months 1…"""


@dataclass(frozen=True)
class Backtest:
    """Out-of-sample forecasts of m rows of a panel.

    Attributes:
        panel: The rows that were forecast, with all that is known today of what came, in the order
            of the origins.
        survival: (m, H) forecast probability that the first cause has not come through month h.
        rows: (m,) their indexes in the panel that was backtested.
        learned: (m,) how many rows each forecast was learned from.
    """

    panel: Panel
    survival: Floats
    rows: Ints
    learned: Ints

    def chance(self, horizon: int) -> Floats:
        """(m,) forecast probability that the first cause comes within `horizon` months."""
        return np.asarray(1.0 - self.survival[:, horizon - 1])

    def closed(self, horizon: int) -> Ints:
        """Indexes of the forecasts whose `horizon` months have closed.

        Only these are a fair sample to score: of later ones the outcome is known just where it
        came.
        """
        return np.flatnonzero(self.panel.followed >= horizon)


def backtest(
    panel: Panel,
    forecast: Forecaster,
    origins: Sequence[date | Any] | None = None,
    *,
    gap: int = 0,
    delay: int = 0,
) -> Backtest:
    """Forecast the rows of each origin from what was known on it of earlier rows.

    For a test date o the forecaster is given the earlier rows, their labels cut at o (see
    `origins_before`: only months that had closed `delay` days before o), and the rows of o with
    what came of them taken away.

    Args:
        panel: Rows of several origins.
        forecast: Learns from its first panel and forecasts its second.
        origins: Test dates; all but the first origin of the panel when None. Dates on which
            nothing had closed yet are passed over.
        gap: The blind gap in days that the panel was built with.
        delay: Days within which ends are reported.

    Raises:
        ValueError: No date has anything to learn from and rows to forecast, or a forecast has the
            wrong shape.
    """
    dates = np.unique(panel.origin)[1:] if origins is None else np.unique(as_days(origins))
    parts: list[tuple[Ints, Floats, int]] = []
    for day in dates:
        rows = np.flatnonzero(panel.origin == day)
        known = origins_before(panel, day, 1, gap=gap, delay=delay)
        if len(known) and rows.size:
            survival = np.asarray(forecast(known, _unseen(panel.take(rows))), dtype=np.float64)
            if survival.ndim != 2 or survival.shape[0] != rows.size:
                raise ValueError(f"A forecast of {rows.size} rows has the shape {survival.shape}.")
            parts.append((rows, survival, len(known)))
    if not parts:
        raise ValueError("No origin has both closed rows before it and rows to forecast.")
    rows = np.concatenate([part[0] for part in parts])
    return Backtest(
        panel=panel.take(rows),
        survival=np.concatenate([part[1] for part in parts]),
        rows=rows,
        learned=np.concatenate([np.full(part[0].size, part[2]) for part in parts]),
    )


def _unseen(panel: Panel) -> Panel:
    """The rows without what came of them."""
    return Panel(
        account=panel.account,
        origin=panel.origin,
        features=panel.features,
        names=panel.names,
        causes=panel.causes,
        months=np.zeros_like(panel.months),
        followed=np.zeros_like(panel.followed),
        ahead=panel.ahead,
        ahead_names=panel.ahead_names,
        weight=panel.weight,
    )
