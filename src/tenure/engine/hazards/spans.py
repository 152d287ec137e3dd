"""Spans: months ahead over which the effect of a feature is held constant."""

import numpy as np

from tenure.engine.panel.rows import Floats, Ints

_FIRSTS = (1, 2, 3, 4, 7, 10, 13, 19)
_LATER = 6


def firsts(horizons: int) -> Ints:
    """First month of each span up to H = `horizons`: 1, 2, 3, 4, 7, 10, 13, 19, 25, 31, …"""
    later = range(25, horizons + 1, _LATER)
    return np.array([m for m in (*_FIRSTS, *later) if m <= horizons], dtype=np.int64)


def span_of_month(horizons: int) -> Ints:
    """Index of the span of months 1…H, (H,)."""
    months = np.arange(1, horizons + 1)
    return np.searchsorted(firsts(horizons), months, side="right") - 1


def middles(horizons: int) -> Floats:
    """Middle month of each span, by which models know it; (spans,)."""
    at = span_of_month(horizons)
    months = np.arange(1, horizons + 1, dtype=float)
    return np.bincount(at, weights=months) / np.bincount(at)
