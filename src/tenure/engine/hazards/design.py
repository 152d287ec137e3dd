"""The linear model's columns for account-months: features, features × time, what is known ahead."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.basis import BEND, Basis, make_basis
from tenure.engine.hazards.periods import Periods
from tenure.engine.hazards.spans import middles, span_of_month
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

_AT_ONCE = 4096


@dataclass(frozen=True)
class Ahead:
    """Standardises the q known-ahead values; `shift`, `scale` (q,), scale 0 for a constant."""

    shift: Floats
    scale: Floats

    def columns(self, values: Floats) -> Floats:
        """(…, q) from (…, q); absent ones are 0, the mean."""
        inverse = np.where(self.scale > 0, 1.0 / np.where(self.scale > 0, self.scale, 1.0), 0.0)
        return np.asarray(np.nan_to_num((values - self.shift) * inverse), dtype=float)


@dataclass(frozen=True)
class Design:
    """Order of columns: level, d of the basis, each function of time × the unbent of them, q.

    `time` (T, spans): functions of the months ahead, by span, of mean 0 and deviation 1. With
    them the effect of a feature may grow, fade or turn with the horizon.
    """

    basis: Basis
    time: Floats
    ahead: Ahead

    @property
    def straight(self) -> Ints:
        """Columns of the basis that are not bends, the ones that interact with time."""
        return np.flatnonzero(self.basis.kind != BEND)

    @property
    def spans(self) -> int:
        """Number of spans."""
        return int(self.time.shape[1])

    @property
    def size(self) -> int:
        """Number of columns."""
        inner = self.basis.size + self.time.shape[0] * self.straight.size
        return int(1 + inner + self.ahead.shift.size)

    def matrix(self, panel: Panel, periods: Periods) -> Floats:
        """(m, size) for these stretches."""
        rows, at = np.unique(periods.row, return_inverse=True)
        own = self.basis.columns(panel.features[rows])
        out = np.empty((len(periods), self.size))
        d, k, straight = self.basis.size, self.straight.size, self.straight
        for first in range(0, len(periods), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            here = out[some]
            here[:, 0] = 1.0
            here[:, 1 : 1 + d] = own[at[some]]
            for i, t in enumerate(self.time):
                turned = here[:, 1 + straight] * t[periods.span[some], None]
                here[:, 1 + d + i * k : 1 + d + (i + 1) * k] = turned
        q = self.ahead.shift.size
        known = panel.ahead[periods.row, periods.month - 1]
        out[:, self.size - q :] = self.ahead.columns(known)
        return out

    def by_span(self, beta: Floats) -> Floats:
        """Coefficients of the basis's columns in each span, (spans, d)."""
        d, k = self.basis.size, self.straight.size
        out = np.repeat(beta[None, 1 : 1 + d], self.time.shape[1], axis=0)
        for i, t in enumerate(self.time):
            out[:, self.straight] += t[:, None] * beta[1 + d + i * k : 1 + d + (i + 1) * k]
        return out

    def source(self) -> Ints:
        """Feature of each column, −1 for the level, −2 − j for the j-th known-ahead value."""
        own = self.basis.source
        inner = [own, *[own[self.straight]] * self.time.shape[0]]
        q = self.ahead.shift.size
        return np.concatenate([[-1], *inner, -2 - np.arange(q)]).astype(np.int64)


def make_design(
    panel: Panel, periods: Periods, horizons: int, straight: tuple[int, ...] = ()
) -> Design:
    """Columns made from the rows that are at risk; `straight` features get no bends."""
    rows = np.unique(periods.row)
    spans = span_of_month(horizons)[-1] + 1
    return Design(
        make_basis(panel.features[rows], straight),
        _time(np.log(middles(horizons)), spans, periods),
        _ahead(panel, periods),
    )


def _time(log_month: Floats, spans: int, periods: Periods) -> Floats:
    """None for one span, a straight line in ln(month) for up to three, a parabola beyond."""
    share: Floats = np.bincount(periods.span, weights=periods.weight, minlength=spans).astype(float)
    share /= max(float(share.sum()), 1e-300)
    functions: list[Floats] = []
    for power in range(1, 1 + (0 if spans < 2 else 1 if spans < 4 else 2)):
        f = log_month**power
        for g in [np.ones(spans), *functions]:
            f = f - g * float(share @ (f * g))
        sd = float(np.sqrt(share @ (f * f)))
        if sd > 1e-6:
            functions.append(f / sd)
    return np.array(functions).reshape(len(functions), spans)


def _ahead(panel: Panel, periods: Periods) -> Ahead:
    values = panel.ahead[periods.row, periods.month - 1]
    known = np.isfinite(values)
    weight = periods.weight[:, None] * known
    total = np.maximum(weight.sum(axis=0), 1e-300)
    filled = np.where(known, values, 0.0)
    mean = (weight * filled).sum(axis=0) / total
    spread = np.sqrt((weight * np.square(filled - mean)).sum(axis=0) / total)
    return Ahead(mean, np.where(spread > 1e-9, spread, 0.0))
