"""Expected GRR and NRR of a book without simulation, to stand beside the simulated fan.

NRR has a closed form: E[M_h] = M_0 Π (1 − churn − contraction · E[cut] + expansion · E[raise]).
GRR counts an account at most at what it paid at the start, Σ min(M_h, M_0)/Σ M_0, which depends on
the order of cuts and raises. The distribution of each account's M_h/M_0 is therefore carried on a
grid of ratios, even in the logarithm. Mass that falls between two points is split so that its mean
is kept; 1 is a point of the grid, so a single month is exact and later ones good to about 1e-4.
"""

from dataclasses import dataclass

import numpy as np

from tenure.engine.states.book import Book, Floats

_STEP = 0.03
_BELOW, _ABOVE = 155, 75  # points below and above the ratio 1: from 0.0096 to 9.5


@dataclass(frozen=True)
class Means:
    """Expected values at the start and after months 1…H, each (H + 1,)."""

    grr: Floats
    nrr: Floats
    mrr: Floats


def expected(book: Book) -> Means:
    """Expected GRR, NRR and MRR of the accounts of the book. With no MRR, GRR and NRR are 1."""
    cut = float(book.cuts.mean()) if book.cuts.size else 0.0
    rise = float(book.raises.mean()) if book.raises.size else 0.0
    growth = 1.0 - book.churn - book.contraction * cut + book.expansion * rise
    whole = book.mrr @ np.cumprod(np.column_stack([np.ones(book.mrr.size), growth]), axis=1)
    if book.start <= 0:
        flat = np.ones(book.months + 1)
        return Means(flat, flat, whole)
    kept = book.mrr @ expected_kept(book)
    return Means(kept / book.start, whole / book.start, whole)


def expected_kept(book: Book) -> Floats:
    """E[min(M_h/M_0, 1)] of each account, (n, H + 1)."""
    ratio = np.exp(_STEP * np.arange(-_BELOW, _ABOVE + 1))
    fall, grow = _moved(ratio, 1.0 - book.cuts), _moved(ratio, 1.0 + book.raises)
    mass = np.zeros((book.mrr.size, ratio.size))
    mass[:, _BELOW] = 1.0
    counted = np.minimum(ratio, 1.0)
    kept = [mass @ counted]
    for month in range(book.months):
        churn, down, up = (
            part[:, month, None] for part in (book.churn, book.contraction, book.expansion)
        )
        mass = (1.0 - churn - down - up) * mass + down * (mass @ fall) + up * (mass @ grow)
        kept.append(mass @ counted)
    return np.stack(kept, axis=1)


def _moved(ratio: Floats, factors: Floats) -> Floats:
    """Where the mass at each ratio goes when one of `factors` is applied, (B, B).

    What falls under the grid is split between its lowest point and nothing, keeping the mean; what
    rises above it stays at its highest point, far over the 1 at which an account counts.
    """
    size = ratio.size
    move = np.zeros((size, size))
    for factor in factors:
        target = np.minimum(ratio * factor, ratio[-1])
        upper = np.clip(np.searchsorted(ratio, target * (1.0 + 1e-12), side="left"), 0, size - 1)
        lower = upper - 1
        below = np.where(lower >= 0, ratio[lower], 0.0)
        share = np.clip((target - below) / (ratio[upper] - below), 0.0, 1.0)
        np.add.at(move, (np.arange(size), upper), share)
        inside = lower >= 0
        np.add.at(move, (np.flatnonzero(inside), lower[inside]), (1.0 - share)[inside])
    return move / max(len(factors), 1)
