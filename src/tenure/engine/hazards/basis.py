"""Columns that a linear model sees: standardised values, bends at quantiles, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.panel.rows import Floats, Ints

_BENDS = (0.1, 0.3, 0.5, 0.7, 0.9)
_EDGE = 0.005
_FEW = 8


@dataclass(frozen=True)
class Basis:
    """Map from p features to d columns, each of mean 0 over the rows it was made from.

    Column j comes from feature `source[j]` and is of one `kind`: LINEAR, the value held within its
    0.5 and 99.5 % quantiles and standardised; BEND, max(value − knot, 0) less its regression on
    the value, standardised; MISSING, whether the value is absent, standardised. An absent value
    is 0 in the first two, which is the mean. `shift`, `scale`, `knot`, `tilt` are (d,); `low` and
    `high` (p,).
    """

    source: Ints
    kind: Ints
    knot: Floats
    shift: Floats
    tilt: Floats
    scale: Floats
    low: Floats
    high: Floats

    @property
    def size(self) -> int:
        """Number of columns, d."""
        return int(self.source.shape[0])

    def columns(self, features: Floats) -> Floats:
        """(n, d) from (n, p); always finite."""
        out = np.zeros((self.size, features.shape[0]))
        values = np.ascontiguousarray(features.T)
        for j, p in enumerate(self.source):
            raw = values[p]
            absent = np.isnan(raw)
            if self.kind[j] == MISSING:
                out[j] = (absent - self.shift[j]) / self.scale[j]
                continue
            value = np.clip(raw, self.low[p], self.high[p])
            bent = np.maximum(value - self.knot[j], 0.0) if self.kind[j] == BEND else value
            column = (bent - self.shift[j] - self.tilt[j] * value) / self.scale[j]
            out[j] = np.where(absent, 0.0, column)
        return np.ascontiguousarray(out.T)


LINEAR, BEND, MISSING = 0, 1, 2
Column = tuple[int, int, float, float, float, float]


def make_basis(features: Floats, straight: Sequence[int] = ()) -> Basis:
    """A basis for these features, (n, p); constant and all-absent ones get no column.

    `straight`: indices of features that get no bends (for those with a required direction).
    """
    size = features.shape[1]
    low, high = np.zeros(size), np.zeros(size)
    columns: list[Column] = []
    for p in range(size):
        raw = features[:, p]
        known = raw[np.isfinite(raw)]
        share = 1.0 - known.size / max(raw.size, 1)
        if known.size:
            low[p], high[p] = _limits(known)
            columns += _of_values(p, np.clip(known, low[p], high[p]), p not in straight)
        if 0.0 < share < 1.0:
            columns.append((p, MISSING, 0.0, share, 0.0, float(np.sqrt(share * (1.0 - share)))))
    table = np.array(columns, dtype=float).reshape(len(columns), 6)
    source, kind = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    knot, shift, tilt, scale = table[:, 2], table[:, 3], table[:, 4], table[:, 5]
    return Basis(source, kind, knot, shift, tilt, scale, low, high)


def _limits(known: Floats) -> tuple[float, float]:
    """Quantiles, or the whole range where they would leave a single value."""
    low, high = np.quantile(known, [_EDGE, 1.0 - _EDGE])
    if not low < high:
        low, high = known.min(), known.max()
    return float(low), float(high)


def _of_values(p: int, value: Floats, bent: bool) -> list[Column]:
    mean, sd = float(value.mean()), float(value.std())
    if not sd > 1e-12 * (1.0 + abs(mean)):
        return []
    columns: list[Column] = [(p, LINEAR, 0.0, mean, 0.0, sd)]
    if not bent or np.unique(value).size < _FEW:
        return columns
    knots = np.unique(np.quantile(value, _BENDS))
    for knot in knots[(knots > value.min()) & (knots < value.max())]:
        hinge = np.maximum(value - knot, 0.0)
        tilt = float(((value - mean) * hinge).mean()) / sd**2
        rest = hinge - tilt * value
        if rest.std() > 1e-6 * sd:
            columns.append((p, BEND, float(knot), float(rest.mean()), tilt, float(rest.std())))
    return columns
