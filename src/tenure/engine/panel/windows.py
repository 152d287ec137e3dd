"""Mean and slope of the values that occurred in a window before each origin."""

from collections.abc import Iterator

import numpy as np

from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.panel.series import Series

_MONTH_SECONDS = 30.4375 * 86_400
_PAIRS_AT_ONCE = 1_000_000


def window_moments(series: Series, code: Ints, after: Ints, known: Ints) -> tuple[Floats, Floats]:
    """Mean and slope a month of each row's values with after < occurred ≤ known, both (n,).

    Only versions that were recorded and not yet replaced by `known` count; nan without any, and
    the slope is nan without two different times. Each row is summed by itself, so no rounding
    passes from one row to another.
    """
    mean, slope = np.full(code.size, np.nan), np.full(code.size, np.nan)
    low = series.line.position(code, after)
    sizes = series.line.position(code, known) - low
    for part in _parts(sizes):
        row, at = _pairs(sizes[part], low[part], part.start)
        counts = (series.recorded[at] <= known[row]) & (series.replaced[at] > known[row])
        counts &= ~np.isnan(series.value[at])
        row, at = row[counts], at[counts]
        if row.size:
            time = (series.line.time[at] - known[row]) / _MONTH_SECONDS
            rows, mean_here, slope_here = _moments(row, time, series.value[at])
            mean[rows], slope[rows] = mean_here, slope_here
    return mean, slope


def _parts(sizes: Ints) -> Iterator[slice]:
    """Cut rows so that each part has about so many pairs of row and value."""
    total = np.cumsum(sizes)
    begin = 0
    while begin < sizes.size:
        before = int(total[begin - 1]) if begin else 0
        end = int(np.searchsorted(total, before + _PAIRS_AT_ONCE, side="right"))
        end = max(end, begin + 1)
        yield slice(begin, end)
        begin = end


def _pairs(sizes: Ints, low: Ints, begin: int) -> tuple[Ints, Ints]:
    """Each row with each of its values' indexes."""
    row = np.repeat(np.arange(sizes.size), sizes)
    starts = np.cumsum(sizes) - sizes
    return row + begin, np.arange(row.size) - starts[row] + low[row]


def _moments(row: Ints, time: Floats, value: Floats) -> tuple[Ints, Floats, Floats]:
    """The different rows, and the mean and slope of each one's values; `row` is sorted."""
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    sizes = np.diff(np.concatenate([starts, [row.size]]))
    mean = np.add.reduceat(value, starts) / sizes
    away = time - np.repeat(np.add.reduceat(time, starts) / sizes, sizes)
    spread = np.add.reduceat(away * away, starts)
    joint = np.add.reduceat(away * (value - np.repeat(mean, sizes)), starts)
    slope = np.full(mean.shape, np.nan)
    several = (sizes > 1) & (spread > 0)
    slope[several] = joint[several] / spread[several]
    return row[starts], mean, slope
