"""What the candidates of one cause are fitted to."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import Base, months_of
from tenure.engine.hazards.periods import AtRisk, Periods
from tenure.engine.hazards.settings import Settings
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints


@dataclass(frozen=True)
class Ground:
    """What every candidate of one cause is fitted to."""

    panel: Panel
    cause: str
    horizons: int
    risk: AtRisk
    periods: Periods
    settings: Settings

    @property
    def monotone(self) -> dict[int, int]:
        """Required directions by index of the feature; they are meant for the first cause."""
        if self.cause != self.panel.causes[0]:
            return {}
        names = self.panel.names
        return {names.index(k): v for k, v in self.settings.monotone.items() if k in names}

    @property
    def events(self) -> int:
        """Arrivals seen from all rows."""
        return int(self.risk.came.sum())

    @property
    def accounts(self) -> int:
        """Accounts at risk."""
        return int(np.unique(self.panel.account[self.risk.end > 0]).size)

    @property
    def overlap(self) -> float:
        """Rows at risk that an account has on average, at least 1."""
        return max(float((self.risk.end > 0).sum()) / max(self.accounts, 1), 1.0)

    @property
    def account(self) -> Ints:
        """Account of each stretch, (m,)."""
        return self.panel.account[self.periods.row]

    @property
    def calendar(self) -> Ints:
        """Calendar month of each stretch, since January 1970, (m,)."""
        return months_of(self.panel)[self.periods.row] + self.periods.month - 1

    def offsets(self, base: Base) -> Floats:
        """Log-odds of a base rate for each stretch, (m,)."""
        origin = months_of(self.panel)[self.periods.row]
        return base.log_odds(origin, self.periods.month)
