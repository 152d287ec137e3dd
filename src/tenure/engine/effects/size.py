"""How many accounts an answer needs."""

from math import ceil

import numpy as np
from scipy.special import ndtri

from tenure.engine.effects.sequence import reach

MOST = 10_000_000
"""Beyond so many accounts there is no answer to wait for."""


def needed(
    variance: float,
    freedom: float,
    n: int,
    worth: float,
    r: float,
    level: float = 0.05,
    power: float = 0.8,
) -> int | None:
    """The least number N of measured accounts by which an effect of `worth` is probably told.

    Half the interval's width after N accounts, and what the estimate may fall short with the chance
    1 − `power`, together are no more than `worth`. The variance goes with 1/N from what it is after
    n, Welch's degrees of freedom with N.

    Args:
        variance: The estimate's after n accounts, above 0.
        freedom: Its degrees of freedom.
        n: Accounts measured, above 0.
        worth: The least effect worth knowing, above 0, in the unit of the values.
        r: Of `mixing`.
        level: α of the interval.
        power: Chance that an effect of `worth` is told by then, at least ½.

    Returns:
        N ≥ 1; None beyond `MOST`.

    Raises:
        ValueError: If a number is out of its range.
    """
    if not (variance > 0 and freedom > 0 and n > 0 and worth > 0 and 0.5 <= power < 1):
        raise ValueError("variance, freedom, accounts and worth must be above 0, power ½ to 1")
    short = float(ndtri(power))

    def enough(total: int) -> bool:
        scaled = variance * n / total
        half = float(reach(scaled, freedom * total / n, total, r, level))
        return half + short * float(np.sqrt(scaled)) <= worth

    if not enough(MOST):
        return None
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def until_floor(treated: int, held_out: int, share: float, floor: int) -> int:
    """How many more accounts will about bring both arms to `floor`, if `share` are held out."""
    lacking = max((floor - held_out) / share, (floor - treated) / (1.0 - share), 0.0)
    return ceil(lacking - 1e-9)
