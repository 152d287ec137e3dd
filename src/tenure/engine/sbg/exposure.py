"""What was observed of a group of customers: how many left when, how many are still there."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.sbg.model import Floats


@dataclass(frozen=True)
class Exposure:
    """Counts by number of periods, all a model with right censoring needs.

    `lost[t]`: left at the end of period t (t = 1…T; `lost[0]` is always 0). `kept[t]`: seen to
    survive t periods and not further (t = 0…T). Both have shape (T + 1,) and may hold fractions,
    as when one group is borrowed at less than full weight.
    """

    lost: Floats
    kept: Floats

    def __post_init__(self) -> None:
        if self.lost.shape != self.kept.shape or self.lost.ndim != 1 or not self.lost.size:
            raise ValueError("lost and kept must be vectors of the same length, at least 1")
        if (self.lost < 0).any() or (self.kept < 0).any() or self.lost[0] != 0:
            raise ValueError("counts must not be negative, and nobody leaves in period 0")

    @classmethod
    def of_survivors(cls, survivors: ArrayLike) -> "Exposure":
        """From one cohort's number still there after 0, 1, …, T periods (never rising)."""
        counts = np.asarray(survivors, dtype=float)
        if counts.ndim != 1 or not counts.size or (np.diff(counts) > 0).any():
            raise ValueError("survivors must be a vector that never rises")
        kept = np.zeros_like(counts)
        kept[-1] = counts[-1]
        return cls(np.concatenate([[0.0], -np.diff(counts)]), kept)

    @classmethod
    def of_customers(cls, survived: ArrayLike, left: ArrayLike) -> "Exposure":
        """From individuals: completed periods survived (whole, ≥ 0) and whether they then left.

        Someone who survived k periods and left did so at the end of period k + 1.
        """
        k = np.asarray(survived, dtype=np.int64)
        gone = np.asarray(left, dtype=bool)
        if (k < 0).any():
            raise ValueError("nobody survives fewer than 0 periods")
        size = int(k.max(initial=0)) + 2
        lost = np.bincount(k[gone] + 1, minlength=size).astype(float)
        kept = np.bincount(k[~gone], minlength=size).astype(float)
        return cls(lost, kept)

    @property
    def customers(self) -> float:
        """How many customers the counts hold."""
        return float(self.lost.sum() + self.kept.sum())

    def scaled(self, weight: float) -> "Exposure":
        """The same counts at another weight."""
        return Exposure(self.lost * weight, self.kept * weight)


def together(parts: Iterable[Exposure]) -> Exposure:
    """The sum of several exposures; empty input gives an empty exposure."""
    exposures = list(parts)
    size = max((e.lost.size for e in exposures), default=1)
    lost, kept = np.zeros(size), np.zeros(size)
    for exposure in exposures:
        lost[: exposure.lost.size] += exposure.lost
        kept[: exposure.kept.size] += exposure.kept
    return Exposure(lost, kept)
