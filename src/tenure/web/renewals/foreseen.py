"""What a stored prediction says of a renewal on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tenure.forecast.selectors.predictions import incidence_of
from tenure.web.account.outlook import months_until

LEAST = 1e-6


@dataclass(frozen=True)
class Sizes:
    """Sizes of contractions and expansions, as shares of MRR, that a run observed."""

    cuts: tuple[float, ...] = ()
    raises: tuple[float, ...] = ()

    @classmethod
    def of(cls, parameters: Mapping[str, Sequence[float]]) -> "Sizes":
        """From what a run keeps of its observations."""
        return cls(tuple(parameters.get("cuts") or ()), tuple(parameters.get("raises") or ()))

    @property
    def cut(self) -> float:
        return float(np.mean(self.cuts)) if self.cuts else 0.0

    @property
    def rise(self) -> float:
        return min(float(np.mean(self.raises)), 1.0) if self.raises else 0.0


@dataclass(frozen=True)
class Curves:
    """A prediction's curves by month ahead, from the day they start from."""

    as_of: date
    survival: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    hazards: Mapping[str, Sequence[float]]
    sizes: Sizes


@dataclass(frozen=True)
class Foreseen:
    """See `tenure.web.models.Renewal`."""

    renew: float
    low: float
    high: float
    downsell: float
    upsell: float
    cut: float
    rise: float


def foreseen(curves: Curves, day: date) -> Foreseen | None:
    """What is likely by the end of the month ahead in which the day falls; None beyond the last.

    Down- and upsell are the chances that MRR falls, or rises, at least once until then, given that
    the account is still there.
    """
    month = max(months_until(curves.as_of, day), 1)
    if month > len(curves.survival):
        return None
    renew = min(max(curves.survival[month - 1], LEAST), 1.0 - LEAST)
    down, up = (_given(curves, cause, month, renew) for cause in ("contraction", "expansion"))
    return Foreseen(
        renew=curves.survival[month - 1],
        low=curves.low[month - 1],
        high=curves.high[month - 1],
        downsell=down,
        upsell=up,
        cut=curves.sizes.cut,
        rise=curves.sizes.rise,
    )


def _given(curves: Curves, cause: str, month: int, renew: float) -> float:
    hazard = curves.hazards.get(cause)
    if not hazard:
        return 0.0
    came = incidence_of(list(curves.survival), list(hazard))[month - 1]
    return min(max(came / renew, 0.0), 1.0)


def staying(curves: Curves, day: date) -> float:
    """The chance of still paying at the end of the month ahead in which a day falls; 1 before."""
    whole = months_until(curves.as_of, day)
    if whole < 1:
        return 1.0
    return float(curves.survival[min(whole, len(curves.survival)) - 1])
