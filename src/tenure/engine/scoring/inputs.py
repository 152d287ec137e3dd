"""What every score takes: vectors of one length, checked once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def weighted(outcome: Any, forecast: Any, weight: Any) -> tuple[Floats, Floats, Floats]:
    """Outcome, forecast and weight as (n,) float64; weights sum to 1, equal where None.

    Raises:
        ValueError: Where lengths differ, there are no rows, a value is nan or weights sum to 0.
    """
    y, p = np.asarray(outcome, dtype=float), np.asarray(forecast, dtype=float)
    w = np.ones(y.shape) if weight is None else np.asarray(weight, dtype=float)
    if y.ndim != 1 or not y.size or y.shape != p.shape or y.shape != w.shape:
        raise ValueError("Outcome, forecast and weight must be vectors of one length, at least 1.")
    if np.isnan(y).any() or np.isnan(p).any():
        raise ValueError("An outcome or a forecast is nan; score only rows where both are known.")
    total = float(w.sum())
    if (w < 0).any() or total <= 0:
        raise ValueError("Weights must not be negative and must not sum to 0.")
    return y, p, w / total


def spells(duration: Any, event: Any) -> tuple[Floats, Bools]:
    """Durations (n,) float64 and whether each ended with the event (n,) bool.

    Raises:
        ValueError: Where lengths differ, there are no rows or a duration is nan or negative.
    """
    time, came = np.asarray(duration, dtype=float), np.asarray(event, dtype=bool)
    if time.ndim != 1 or not time.size or time.shape != came.shape:
        raise ValueError("Durations and events must be vectors of one length, at least 1.")
    if not (time >= 0).all():
        raise ValueError("Durations must be known and not negative.")
    return time, came
