"""What follows from a monthly transition matrix: who is where, for how long, and worth how much.

All functions take matrices P of shape (…, S, S) and give an answer for each, so that draws of a
posterior can be put in (`Transitions.answer`).

Source: J. G. Kemeny and J. L. Snell (1976), Finite Markov Chains, ch. 3; for customer value
P. E. Pfeifer and R. L. Carraway (2000), "Modeling customer relationships as Markov chains", Journal
of Interactive Marketing 14(2), 43-55.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.states.history import CLIENTS, FORMER, Floats

_NEVER = 1e-11
"""A chance so small that a state is as good as never left."""


def occupancy(matrix: Floats, start: ArrayLike, months: int) -> Floats:
    """Accounts (or shares) in each state after 0, 1, …, H months, (…, H + 1, S): start · P^h.

    `start`: (S,) accounts in each state now. Their sum stays what it is.
    """
    now = np.broadcast_to(np.asarray(start, dtype=float), matrix.shape[:-1])
    path = [now]
    for _ in range(months):
        now = np.einsum("...i,...ij->...j", now, matrix)
        path.append(now)
    return np.stack(path, axis=-2)


def expected_months(
    matrix: Floats, states: Sequence[int] = CLIENTS, months: int | None = None
) -> Floats:
    """Months expected in `states`, from each state, (…, S); the present month counts.

    With `months` H: among the coming H, returns included: Σ_{h<H} P^h. Without: until the account
    first becomes a former customer, N = (I − Q)⁻¹ with the state *former* taken out; inf where it
    (as good as) never does.
    """
    counted = np.zeros(matrix.shape[-1])
    counted[list(states)] = 1.0
    if months is not None:
        return value(matrix, counted, 0.0, months)
    stays = without(matrix, FORMER) * (1.0 - _NEVER)
    counted[FORMER] = 0.0
    found = _solved(stays, counted)
    return np.where(found > 0.01 / _NEVER, np.inf, found)


def chance_within(matrix: Floats, months: int, states: Sequence[int] = CLIENTS) -> Floats:
    """P(in one of `states` at the start of some month up to the H-th from now), (…, S).

    First passage: `states` are made to hold whoever gets there. 1 from one of them.
    """
    size = matrix.shape[-1]
    holding = matrix.copy()
    for state in states:
        holding[..., state, :] = np.eye(size)[state]
    reached = np.zeros(size)
    reached[list(states)] = 1.0
    chance = np.broadcast_to(reached, matrix.shape[:-1])
    for _ in range(months):
        chance = np.einsum("...ij,...j->...i", holding, chance)
    return np.asarray(chance)


def value(
    matrix: Floats, margin: ArrayLike, yearly_discount: float, months: int | None = None
) -> Floats:
    """Discounted margin expected from an account in each state, (…, S).

    Σ_{0≤h<H} v^h P^h m with v = (1 + d)^(−1/12); without `months` for ever, (I − vP)⁻¹ m, which
    needs d above 0. `margin`: (S,) a month, the present one in full.
    """
    gain = np.asarray(margin, dtype=float)
    step = (1.0 + yearly_discount) ** (-1.0 / 12.0)
    if months is None:
        if yearly_discount <= 0:
            raise ValueError("value without an end needs a discount rate above zero")
        return _solved(step * matrix, gain)
    total = np.zeros(matrix.shape[:-1])
    for _ in range(months):
        total = gain + step * np.einsum("...ij,...j->...i", matrix, total)
    return total


def without(matrix: Floats, state: int) -> Floats:
    """The matrix with the moves into and out of a state taken out: whoever goes there is gone."""
    left = matrix.copy()
    left[..., state, :] = 0.0
    left[..., :, state] = 0.0
    return left


def _solved(moves: Floats, gain: Floats) -> Floats:
    """(I − moves)⁻¹ gain, (…, S)."""
    system = np.eye(moves.shape[-1]) - moves
    right = np.broadcast_to(gain, moves.shape[:-1])[..., None]
    return np.asarray(np.linalg.solve(system, right)[..., 0])
