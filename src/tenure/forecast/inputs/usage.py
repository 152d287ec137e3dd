"""Metrics of the account-week panel, as of the week that had ended by each day."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from tenure.forecast.inputs.days import Floats, week_of
from tenure.metrics.selectors import catalogue_current
from tenure.metrics.selectors.grid import panel_grid

# Of other sources the panel holds what is known now; `timeline` counts them as recorded.
SOURCES = frozenset({"events", "contracts"})


def usage_metrics() -> list[str]:
    """The metrics that are made of use and contracts alone, all that are defined."""
    catalogue = catalogue_current()
    return sorted(key for key in catalogue.keys if set(catalogue.sources_of(key)) <= SOURCES)


def usage_features(
    metrics: Sequence[str], accounts: Sequence[int], days: Sequence[date]
) -> dict[str, Floats]:
    """Metric → (accounts, days); nan where unknown."""
    mondays = [week_of(day) for day in days]
    grid = panel_grid(metrics, min(mondays), max(mondays), accounts)
    at = [(monday - min(mondays)).days // 7 for monday in mondays]
    return {key: np.asarray(values[:, at]) for key, values in grid.items()}
