"""Whether those forecast to leave sooner do leave sooner, where some were not seen to leave.

`risk` (n,) is any score that is higher for those who leave sooner. A pair is comparable where one
is seen to leave and the other is there for longer, or goes out of sight at that very time.
"""

from typing import Any

import numpy as np

from tenure.engine.scoring.inputs import Bools, Floats, Ints, spells
from tenure.engine.scoring.kaplan_meier import Curve, censoring


def harrell(duration: Any, event: Any, risk: Any) -> float:
    """Share of comparable pairs in which the one who left first had the higher risk.

    Equal risks count half. nan without a comparable pair. F. E. Harrell et al. 1982, "Evaluating
    the yield of medical tests", JAMA 247, 2543-2546. O(n log² n).
    """
    time, came = spells(duration, event)
    return _concordance(time, came, risk, came.astype(float))


def uno(
    duration: Any, event: Any, risk: Any, until: float | None = None, watched: Curve | None = None
) -> float:
    """Harrell's C with each pair weighted by 1/G(T)², which frees it of how accounts are watched.

    Σ δ_i G(T_i)⁻² [T_i < τ] [T_i < T_j] [r_i > r_j] / Σ δ_i G(T_i)⁻² [T_i < τ] [T_i < T_j]. H. Uno
    et al. 2011, "On the C-statistics for evaluating overall adequacy of risk prediction procedures
    with censored survival data", Statistics in Medicine 30, 1105-1117.

    Args:
        duration: (n,) time to the event or the end of observation.
        event: (n,) whether the event came.
        risk: (n,) higher for those forecast to leave sooner.
        until: τ; only those who left before it lead a pair. All where None.
        watched: G, from `censoring`; estimated from these rows where None.

    Raises:
        ValueError: Where G is 0 at an event's time: choose a smaller τ.
    """
    time, came = spells(duration, event)
    leads = came if until is None else came & (time < until)
    return _concordance(time, came, risk, np.square(inverse_watched(time, came, leads, watched)))


def inverse_watched(time: Floats, came: Bools, rows: Bools, watched: Curve | None) -> Floats:
    """1/G(T) of the rows that count (n,), 0 elsewhere.

    Raises:
        ValueError: Where G is 0 at the time of a row that counts.
    """
    share = (watched or censoring(time, came)).at(time)
    if (share[rows] <= 0).any():
        raise ValueError("Nobody is watched as long as some events took; end the scores earlier.")
    return np.where(rows, 1.0 / np.where(share > 0, share, 1.0), 0.0)


def _concordance(time: Floats, came: Bools, risk: Any, weight: Floats) -> float:
    score = np.asarray(risk, dtype=float)
    if score.shape != time.shape or np.isnan(score).any():
        raise ValueError("There must be a known risk for each row.")
    # Doubling makes room for "the same time, but not seen to leave" between two times.
    later = np.unique(2.0 * np.unique(time, return_inverse=True)[1] + ~came, return_inverse=True)[1]
    level = np.unique(score, return_inverse=True)[1]
    pairs = float((weight * _greater(later)).sum())
    right = float((weight * (_both(later, level) + 0.5 * _same(later, level))).sum())
    return right / pairs if pairs > 0 else float("nan")


def _greater(key: Ints) -> Ints:
    """For each row, how many rows have a greater key."""
    return key.size - np.searchsorted(np.sort(key), key, side="right")


def _same(key: Ints, level: Ints) -> Ints:
    """For each row, how many rows have a greater key and an equal level."""
    size = int(key.max()) + 1
    place = level * size + key
    ranked = np.sort(place)
    end = np.searchsorted(ranked, (level + 1) * size, side="left")
    return np.asarray(end - np.searchsorted(ranked, place, side="right"), dtype=np.int64)


def _both(key: Ints, level: Ints) -> Ints:
    """For each row, how many rows have a greater key and a lower level.

    Rows are laid out with falling keys; blocks of 1, 2, 4, … rows are then paired, and for each
    row of a right block those of its left neighbour with lower levels are counted.
    """
    # Falling levels within a key keep rows of one key from counting each other.
    order = np.lexsort((-level, -key))
    level = level[order]
    place, size = np.arange(key.size), int(level.max()) + 1
    found = np.zeros(key.size, dtype=np.int64)
    width = 1
    while width < key.size:
        pair, right = place // (2 * width), (place // width) % 2 == 1
        left = np.sort(pair[~right] * size + level[~right])
        start = pair[right] * size
        found[right] += np.searchsorted(left, start + level[right]) - np.searchsorted(left, start)
        width *= 2
    answer = np.empty_like(found)
    answer[order] = found
    return answer
