"""A scorecard: groups of measures with weights, and the map from a raw value to 0-100."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Knots: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Measure:
    """One measure. `knots`: (raw value, points 0-100), at least two, raw values all different.

    `weight` counts within its group. `source` names where its facts come from.
    """

    key: str
    weight: float
    knots: Knots
    source: str


@dataclass(frozen=True)
class Group:
    """Measures that belong together; `weight` counts among the groups."""

    key: str
    weight: float
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Bands:
    """good from `good` points on, fair from `fair` on, poor below. 0 ≤ fair < good ≤ 100."""

    good: float = 70.0
    fair: float = 40.0


@dataclass(frozen=True)
class Scorecard:
    """Groups, the bands and the least coverage (0-1) that makes a score."""

    key: str
    version: int
    groups: tuple[Group, ...]
    bands: Bands
    minimum_coverage: float

    def measures(self) -> Iterator[Measure]:
        """Every measure, in the order of the columns of its values."""
        for group in self.groups:
            yield from group.measures

    def shares(self) -> Floats:
        """Each measure's share of the whole, shape (k,), summing to 1.

        group weight/Σ group weights × measure weight/Σ weights in its group.
        """
        whole = sum(group.weight for group in self.groups)
        return np.array(
            [
                group.weight / whole * measure.weight / sum(m.weight for m in group.measures)
                for group in self.groups
                for measure in group.measures
            ]
        )


def mapped(values: ArrayLike, knots: Knots) -> Floats:
    """Points (0-100) of raw values: linear between knots, flat outside; nan stays nan."""
    x, y = (np.array(side, dtype=float) for side in zip(*sorted(knots), strict=True))
    raw = np.asarray(values, dtype=float)
    return np.asarray(np.interp(raw, x, y), dtype=float)
