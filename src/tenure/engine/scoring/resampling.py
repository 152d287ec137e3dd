"""Intervals by the bootstrap, with the rows of one account kept together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.engine.scoring.inputs import Ints

Metric = Callable[[Any, Any], float]


@dataclass(frozen=True)
class Estimate:
    """A figure on all rows, and its interval over resamples."""

    value: float
    low: float
    high: float


def bootstrap(
    statistic: Callable[[Ints], float],
    group: Any,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """A statistic of row numbers, and its percentile interval over resampled groups.

    Whole groups are drawn with replacement, as many as there are: rows of one account are not
    independent, so an interval over rows would be too narrow (B. Efron and R. J. Tibshirani 1993,
    "An introduction to the bootstrap", ch. 13; A. C. Davison and D. V. Hinkley 1997, §3.8).

    Args:
        statistic: Takes row numbers (m,), possibly repeated; resamples with nan are left out.
        group: (n,) key of the group of each row; rows by themselves are `numpy.arange(n)`.
        draws: Number of resamples.
        level: Of the interval, equal-tailed.
        seed: Of the draws.
    """
    keys = np.asarray(group)
    if keys.ndim != 1 or not keys.size:
        raise ValueError("There must be a group for each row, and at least one row.")
    _, at, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    rows = np.argsort(at, kind="stable")
    starts = np.cumsum(sizes) - sizes
    random = np.random.default_rng(seed)
    figures = [
        statistic(rows[_spread(starts[drawn], sizes[drawn])])
        for drawn in (random.integers(0, sizes.size, sizes.size) for _ in range(draws))
    ]
    known = np.array(figures)[~np.isnan(figures)]
    value = statistic(np.arange(keys.size))
    if not known.size:
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.quantile(known, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return Estimate(value, float(low), float(high))


def _spread(starts: Ints, sizes: Ints) -> Ints:
    """The numbers start, start + 1, … of each range, one range after the other."""
    before = np.cumsum(sizes) - sizes
    shifts = np.repeat(starts - before, sizes)
    return np.asarray(np.arange(shifts.size) + shifts, dtype=np.int64)


def paired_difference(
    metric: Metric,
    outcome: Any,
    first: Any,
    second: Any,
    group: Any = None,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Metric of the first forecast minus that of the second, both on the same resampled rows.

    What both find hard or easy cancels, so the interval is far narrower than two intervals side by
    side. It holds 0 where the data cannot tell the two apart.

    Args:
        metric: Such as `log_loss` or `auc`: takes outcomes and forecasts of the same rows.
        outcome: (n,) or (n, …), indexed by row.
        first: (n,) or (n, …) forecast.
        second: (n,) or (n, …) forecast.
        group: (n,) key of the account of each row; each row by itself where None.
        draws: Number of resamples.
        level: Of the interval.
        seed: Of the draws.
    """
    y, a, b = np.asarray(outcome), np.asarray(first), np.asarray(second)
    if not y.shape[:1] == a.shape[:1] == b.shape[:1]:
        raise ValueError("Outcome and forecasts must be of the same rows.")

    def difference(rows: Ints) -> float:
        return metric(y[rows], a[rows]) - metric(y[rows], b[rows])

    keys = np.arange(y.shape[0]) if group is None else group
    return bootstrap(difference, keys, draws=draws, level=level, seed=seed)
