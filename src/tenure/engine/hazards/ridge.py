"""The ridge-logistic hazard."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.basis import BEND, LINEAR
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.logistic import Solution, solve
from tenure.engine.hazards.periods import Periods, Stretches
from tenure.engine.hazards.pieces import Pieces
from tenure.engine.hazards.spans import span_of_month
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

SIGNALS = (0.05, 0.15, 0.4, 0.8, 1.5, 3.0)
_HELD = 1e12
TURNS = (0.1, 0.3, 0.8)
LEANS = (0.9, 0.0)


@dataclass(frozen=True)
class Strength:
    """How far the data may pull the linear model from the base rate.

    `signal`: standard deviation of the log-odds over accounts that is expected of all features
    together, shared out over the columns; `turn`: how large the effect of a feature's interaction
    with time is expected to be against the feature's own; `lean`: which part of the signal is
    shared out by what each feature shows by itself, the rest is shared out evenly.
    """

    signal: float
    turn: float
    lean: float = 0.0

    def penalty(self, design: Design, shown: Floats | None = None) -> Floats:
        """(size,) inverse prior variances of the coefficients.

        `shown` (size,): what features show by themselves, on average 1.
        """
        kind = design.basis.kind
        own = np.where(kind == BEND, 0.5, 1.0)
        turns = np.full(design.time.shape[0] * design.straight.size, self.turn)
        ahead = np.ones(design.ahead.shift.size)
        columns = max(np.unique(design.basis.source).size + design.ahead.shift.size, 1)
        unit = self.signal / np.sqrt(columns)
        variance = np.square(unit * np.concatenate([own, turns, ahead]))
        if shown is not None:
            variance *= 1.0 - self.lean + self.lean * shown[1:]
        return np.concatenate([[1.0 / 0.5**2], 1.0 / np.maximum(variance, 1.0 / _HELD)])


@dataclass(frozen=True)
class Ridge:
    """Coefficients on a design; the score is added to the base rate's log-odds."""

    design: Design
    beta: Floats

    def scores(self, panel: Panel, horizons: int) -> Floats:
        """(n, H) log-odds beyond the base rate."""
        columns = self.design.basis.columns(panel.features)
        by_span = columns @ self.design.by_span(self.beta).T
        out = self.beta[0] + by_span[:, span_of_month(horizons)]
        return np.asarray(out + self.ahead_scores(panel, horizons).sum(axis=2))

    def ahead_scores(self, panel: Panel, horizons: int) -> Floats:
        """(n, H, q) contributions of what is known ahead."""
        q = self.design.ahead.shift.size
        if q == 0:
            return np.zeros((len(panel), horizons, 0))
        tail = self.beta[self.design.size - q :]
        return self.design.ahead.columns(panel.ahead[:, :horizons]) * tail

    def contributions(self, panel: Panel, at: Stretches) -> Floats:
        """(p + q, stretches) of features and known-ahead values; the training mean adds nothing."""
        columns = self.design.basis.columns(panel.features)
        p, q = len(panel.names), len(panel.ahead_names)
        by_span = self.design.by_span(self.beta)
        out = np.zeros((p + q, at.row.size))
        for j, source in enumerate(self.design.basis.source):
            out[source] += columns[at.row, j] * by_span[at.span, j]
        tail = self.beta[self.design.size - q :]
        known = self.design.ahead.columns(panel.ahead[at.row, at.month - 1])
        out[p:] = (known * tail).T
        return out


OUT = 2


def fit_ridge(
    matrix: Pieces,
    periods: Periods,
    offset: Floats,
    penalty: Floats,
    signs: Ints,
    start: Solution | None = None,
) -> Solution:
    """Fit with these inverse prior variances, (size,).

    `signs` (size,) are required directions, −1, 0 or 1, or OUT for columns that must not take
    part. A coefficient that comes out against its direction is held at 0 and the rest refitted.
    """
    penalty = np.where(signs == OUT, _HELD, penalty)
    found = solve(matrix, periods.came, periods.weight, offset, penalty, start)
    for _ in range(matrix.columns):
        wrong = (signs * found.beta < 0) & (penalty < _HELD)
        if not wrong.any():
            break
        penalty = np.where(wrong, _HELD, penalty)
        found = solve(matrix, periods.came, periods.weight, offset, penalty, found)
    return Solution(np.where(penalty >= _HELD, 0.0, found.beta), found.information)


def signs_of(design: Design, monotone: Mapping[int, int]) -> Ints:
    """(size,) for `fit_ridge`, from the required directions of features by index.

    A feature with a direction does not turn with time either, so that the direction holds in
    every month.
    """
    basis = design.basis
    wanted = np.array([monotone.get(int(p), 0) for p in basis.source], dtype=np.int64)
    own = np.where(basis.kind == LINEAR, wanted, 0)
    turns = np.tile(np.where(own != 0, OUT, 0)[design.straight], design.time.shape[0])
    rest = np.zeros(design.ahead.shift.size)
    return np.concatenate([[0], own, turns, rest]).astype(np.int64)
