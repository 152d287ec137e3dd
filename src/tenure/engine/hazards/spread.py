"""How uncertain a forecast is: the posterior of the linear model carried to the curve."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import Base, chance_of
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.logistic import information_of
from tenure.engine.hazards.periods import Periods
from tenure.engine.hazards.ridge import Strength
from tenure.engine.hazards.spans import span_of_month
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

Z90 = 1.6448536269514722
LEAST = 1.0
"""Spread of log-odds between accounts that is thought possible where none can be shown."""


@dataclass(frozen=True)
class Spread:
    """`root` (size, r): covariance of the coefficients = root rootᵀ, on `design`'s columns."""

    design: Design
    root: Floats

    def deviation(self, panel: Panel, base: Base, horizons: int) -> Floats:
        """Standard deviation of the log-odds averaged over months 1…h, (n, H).

        The average is weighted by the base rate's hazards, as the cumulative hazard is.
        """
        asked = _anchors(horizons)
        found = self._deviations(panel, base, horizons, asked)
        return _between(np.array(asked), found, horizons)

    def deviation_at(self, panel: Panel, base: Base, month: int) -> Floats:
        """The same of months 1…`month` alone, (n,)."""
        return self._deviations(panel, base, month, [month])[:, 0]

    def _deviations(self, panel: Panel, base: Base, horizons: int, asked: list[int]) -> Floats:
        """(n, months asked)."""
        columns = self.design.basis.columns(panel.features)
        hazard = chance_of(base.ahead)[:horizons]
        mass = np.zeros((horizons, self.design.spans))
        mass[np.arange(horizons), span_of_month(horizons)] = hazard
        share = np.cumsum(mass, axis=0)
        share /= share.sum(axis=1, keepdims=True)
        ahead = self.design.ahead.columns(panel.ahead[:, :horizons])
        ahead = np.cumsum(ahead * hazard[:, None], axis=1) / np.cumsum(hazard)[:, None]
        found = [np.sqrt(self._variance(columns, ahead[:, h - 1], share[h - 1])) for h in asked]
        return np.stack(found, axis=1)

    def _variance(self, columns: Floats, ahead: Floats, share: Floats) -> Floats:
        """(n,) for one horizon; `share` (spans,) weighs the spans."""
        d, design = self.design.basis.size, self.design
        straight, k = design.straight, design.straight.size
        root = self.root[1 : 1 + d].copy()
        for i, t in enumerate(design.time):
            root[straight] += float(share @ t) * self.root[1 + d + i * k : 1 + d + (i + 1) * k]
        tail = self.root[design.size - ahead.shape[1] :]
        moved = self.root[0] + columns @ root + ahead @ tail
        return np.asarray(np.square(moved).sum(axis=1), dtype=float)


def _anchors(horizons: int) -> list[int]:
    """Months at which the deviation is computed; it changes slowly in between."""
    return sorted({h for h in (1, 3, 12, 24, 48) if h < horizons} | {horizons})


def _between(asked: Ints, found: Floats, horizons: int) -> Floats:
    """(n, H) from values at some months, linear in the logarithm of the month."""
    month, known = np.log(np.arange(1, horizons + 1)), np.log(asked)
    after = np.clip(np.searchsorted(known, month), 1, max(asked.size - 1, 1))
    if asked.size == 1:
        return np.repeat(found, horizons, axis=1)
    part = (month - known[after - 1]) / (known[after] - known[after - 1])
    return np.asarray(found[:, after - 1] * (1.0 - part) + found[:, after] * part)


def make_spread(
    design: Design,
    matrix: Floats,
    periods: Periods,
    eta: Floats,
    strength: Strength,
    overlap: float,
) -> Spread:
    """Posterior covariance (XᵀWX/overlap + Λ)⁻¹ at the fitted log-odds.

    Λ is of a signal of at least `LEAST`, whatever strength predicts best: features whose effect is
    too uncertain to be used are still uncertain, and a wide answer must say so.
    """
    information = information_of(matrix, periods.weight / overlap, eta)
    penalty = Strength(max(strength.signal, LEAST), strength.turn).penalty(design)
    penalty[0] = 1.5**-2
    values, vectors = np.linalg.eigh(information + np.diag(penalty))
    return Spread(design, vectors / np.sqrt(np.maximum(values, 1e-12)))
