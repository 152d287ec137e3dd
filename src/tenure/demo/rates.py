"""Currency rates of the simulated company: what its accountant would have typed in."""

from datetime import date
from decimal import Decimal

import numpy as np

from tenure.engine.simulation.settings import Grid, Settings

REPORTING = "EUR"
_TODAY = {"USD": 0.9, "GBP": 1.15}


def monthly_rates(settings: Settings) -> list[tuple[str, date, Decimal]]:
    """(currency, first day of a month, EUR for one unit) for every month of the simulation."""
    grid = Grid.of(settings)
    chance = settings.chance("rates")
    first, last = int(grid.months(0.0)), int(grid.months(grid.end - 0.01))
    rates = []
    for currency, level in _TODAY.items():
        walk = np.cumsum(chance.normal(0, 0.006, last - first + 1))
        for month, drift in zip(range(first, last + 1), walk, strict=True):
            day = np.datetime64(month, "M").astype("datetime64[D]").item()
            rates.append((currency, day, Decimal(f"{level * np.exp(drift):.4f}")))
    return rates
