"""Groups of accounts alike in risk and value, within which a hold-out is balanced."""

from bisect import bisect_right
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import ArrayLike

UNKNOWN = "u"


@dataclass(frozen=True)
class Strata:
    """Where risk and value are cut; frozen with a play's version, so that strata stay as they are.

    Attributes:
        risk: Rising cuts of the risk, in its own unit (say P(churn within a year), 0-1).
        value: Rising cuts of the value, in money.
    """

    risk: tuple[float, ...] = ()
    value: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for cuts in (self.risk, self.value):
            if not np.isfinite(cuts).all() or (np.diff(cuts) <= 0).any():
                raise ValueError("cuts must be finite and rise")

    def of(self, risk: float | None, value: float | None) -> str:
        """The stratum, as `r1v2`: bands numbered from 0, `u` where risk or value is unknown.

        A band holds its lower cut and not its upper one.
        """
        return f"r{_band(risk, self.risk)}v{_band(value, self.value)}"


def strata_of(risks: ArrayLike, values: ArrayLike, bands: int = 3) -> Strata:
    """Cuts that part known risks and known values into `bands` parts of about the same number.

    Args:
        risks: (n,) risks; not finite = unknown.
        values: (m,) values; not finite = unknown.
        bands: Parts of each. Equal quantiles make one cut, so there may be fewer.

    Raises:
        ValueError: If `bands` is below 1.
    """
    if bands < 1:
        raise ValueError("there is at least one band")
    return Strata(_cuts(risks, bands), _cuts(values, bands))


def _cuts(amounts: ArrayLike, bands: int) -> tuple[float, ...]:
    known = np.asarray(amounts, dtype=float)
    known = known[np.isfinite(known)]
    if not known.size:
        return ()
    cuts = np.unique(np.quantile(known, np.arange(1, bands) / bands))
    return tuple(float(cut) for cut in cuts if cut > known.min())


def _band(amount: float | None, cuts: tuple[float, ...]) -> str:
    return UNKNOWN if amount is None or isnan(amount) else str(bisect_right(cuts, amount))
