"""Forward and backward recursions in log space, over all accounts at once.

Source: L. E. Baum, T. Petrie, G. Soules and N. Weiss (1970), "A maximization technique occurring in
the statistical analysis of probabilistic functions of Markov chains", Annals of Mathematical
Statistics 41(1), 164-171.
"""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hmm.packing import Packed
from tenure.engine.hmm.sequences import Floats


@dataclass(frozen=True)
class Expected:
    """What EM needs of the hidden states, given all observations.

    Attributes:
        state: (R, K) P(state) of each row.
        moves: (U, K, K) expected moves under each distinct input vector.
        log_likelihood: (N,) by place.
    """

    state: Floats
    moves: Floats
    log_likelihood: Floats


def forward(log_start: Floats, log_moves: Floats, log_seen: Floats, packed: Packed) -> Floats:
    """Ln P(observations up to t, state at t), (R, K). Uses nothing later than t."""
    reached = np.empty_like(log_seen)
    reached[: packed.alive[0]] = log_start + log_seen[: packed.alive[0]]
    for begin, alive, earlier in zip(
        packed.begin[1:], packed.alive[1:], packed.begin[:-1], strict=True
    ):
        rows = slice(begin, begin + alive)
        step = log_moves[packed.which[rows]]
        step += reached[earlier : earlier + alive, :, None]
        reached[rows] = log_sum(step, 1) + log_seen[rows]
    return reached


def expected(log_start: Floats, log_moves: Floats, log_seen: Floats, packed: Packed) -> Expected:
    """The E step: forward, backward, and what follows from both."""
    reached = forward(log_start, log_moves, log_seen, packed)
    whole = log_sum(reached[packed.final], 1)
    ahead = np.zeros_like(log_seen)
    for t in range(packed.begin.size - 1, 0, -1):
        rows = slice(packed.begin[t], packed.begin[t] + packed.alive[t])
        step = log_moves[packed.which[rows]]
        step += (log_seen[rows] + ahead[rows])[:, None, :]
        earlier = packed.begin[t - 1]
        ahead[earlier : earlier + packed.alive[t]] = log_sum(step, 2)
    later = packed.step > 0
    pair = log_moves[packed.which[later]]
    pair += reached[packed.before[later], :, None]
    pair += (log_seen[later] + ahead[later] - whole[packed.place[later], None])[:, None, :]
    return Expected(
        state=np.exp(reached + ahead - whole[packed.place, None]),
        moves=_by_input(np.exp(pair), packed.which[later], len(packed.inputs)),
        log_likelihood=whole,
    )


def log_sum(terms: Floats, axis: int) -> Floats:
    """Ln Σ exp along an axis of finite terms."""
    top = terms.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(terms - top).sum(axis=axis)) + np.squeeze(top, axis))


def _by_input(moves: Floats, which: np.ndarray, size: int) -> Floats:
    """Sums of (R, K, K) over rows with the same input vector, (U, K, K)."""
    states = moves.shape[1]
    sums = np.empty((size, states, states))
    for i in range(states):
        for j in range(states):
            sums[:, i, j] = np.bincount(which, moves[:, i, j], minlength=size)
    return sums
