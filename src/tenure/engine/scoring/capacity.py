"""What a ranking is worth to a team that can only look after k of n accounts.

Accounts with equal scores share the last places evenly, so no figure depends on their order.
"""

from typing import Any

import numpy as np

from tenure.engine.scoring.inputs import Floats, weighted


def chosen(score: Any, places: int) -> Floats:
    """The share of each row (n,) that is among the `places` with the highest scores.

    1 or 0, and between for those who tie for the last places; sums to min(places, n).
    """
    s = np.asarray(score, dtype=float)
    if places < 0 or s.ndim != 1:
        raise ValueError("Scores must be a vector, and places not negative.")
    if places >= s.size:
        return np.ones(s.shape)
    if places == 0:
        return np.zeros(s.shape)
    last = np.partition(s, s.size - places)[s.size - places]
    above, tied = s > last, s == last
    return np.asarray(above + tied * ((places - above.sum()) / tied.sum()))


def gain(outcome: Any, score: Any, places: int) -> float:
    """Share of all who left that are among the `places` highest scores; nan where nobody left."""
    y, s, _ = weighted(outcome, score, None)
    found = float((chosen(s, places) * y).sum())
    return found / float(y.sum()) if y.any() else float("nan")


def lift(outcome: Any, score: Any, places: int) -> float:
    """Share of leavers among the `places` highest scores over their share of all rows.

    1 is no better than drawing lots; nan where nobody left or there are no places.
    """
    size = np.asarray(score).size
    return gain(outcome, score, places) * size / min(places, size) if places else float("nan")


def profit(outcome: Any, score: Any, places: int, *, kept: Any, cost: Any) -> float:
    """Σ over the `places` highest scores of (outcome · kept − cost), in the unit of money given.

    After S. A. Neslin et al. 2006, "Defection detection", J. Marketing Research 43(2), 204-211.

    Args:
        outcome: (n,) 1 where the account left; the forecast chance gives the expected profit.
        score: (n,) that the team goes by.
        places: How many it can contact.
        kept: (n,) or one number; what contacting an account that would leave keeps on average (its
            value times the chance that contact helps).
        cost: (n,) or one number; what a contact costs.
    """
    y, s, _ = weighted(outcome, score, None)
    return float((chosen(s, places) * (y * np.asarray(kept) - np.asarray(cost))).sum())
