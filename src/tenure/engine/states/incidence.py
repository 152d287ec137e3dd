"""Where accounts are so long after they came into sight, with no model behind it.

Source: O. O. Aalen and S. Johansen (1978), "An empirical transition matrix for non-homogeneous
Markov chains based on censored observations", Scandinavian Journal of Statistics 5(3), 141-150.
"""

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.states.history import Floats, Histories, Ints, in_order


def aalen_johansen(told: Histories, days: ArrayLike) -> Floats:
    """P(0, t): the chance to be in state j, t days after coming into sight in state i, (D, S, S).

    The product over event days u ≤ t of (I + dA(u)), dA_ij = (moves i→j on day u)/(accounts in i
    just before u). Accounts still followed at the end, or gone out of sight, count as at risk
    until then. `days`: (D,) ≥ 0. With two states, one of them absorbing, it is the Kaplan-Meier
    estimate.
    """
    asked = np.atleast_1d(np.asarray(days, dtype=float))
    origin, target, start, stop = _spells(told)
    size = told.states
    moved = (target >= 0) & (target != origin)
    times = np.unique(stop[moved])
    at_risk = np.stack(
        [_at_risk(start[origin == i], stop[origin == i], times) for i in range(size)]
    )
    step = np.zeros((times.size, size, size))
    np.add.at(step, (np.searchsorted(times, stop[moved]), origin[moved], target[moved]), 1.0)
    step /= np.maximum(at_risk.T[:, :, None], 1.0)
    step += np.eye(size) - np.eye(size) * step.sum(axis=2)[:, :, None]
    product = np.empty((times.size + 1, size, size))
    product[0] = np.eye(size)
    for k in range(times.size):
        product[k + 1] = product[k] @ step[k]
    return product[np.searchsorted(times, asked, side="right")]


def _spells(told: Histories) -> tuple[Ints, Ints, Ints, Ints]:
    """Stays of (from, to or −1, first day, last day), in days since the account's first change."""
    owner, state, day = in_order(told)
    number = day.astype(np.int64)
    if not owner.size:
        return owner, owner, number, number
    goes_on = np.append(owner[1:] == owner[:-1], False)
    ends = np.where(goes_on, np.append(number[1:], 0), told.until.astype(np.int64))
    target = np.where(goes_on, np.append(state[1:], -1), -1)
    heads = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    entry = number[heads][np.searchsorted(owner[heads], owner)]
    seen = state >= 0
    return state[seen], target[seen], (number - entry)[seen], (ends - entry)[seen]


def _at_risk(start: Ints, stop: Ints, times: Ints) -> Ints:
    """How many stays hold just before each time: start < u ≤ stop."""
    begun = np.searchsorted(np.sort(start), times, side="left")
    over = np.searchsorted(np.sort(stop), times, side="left")
    return np.asarray(begun - over)
