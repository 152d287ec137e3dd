"""Accounts drawn from a known three-state model, in a world that is easy or hard to read."""

import numpy as np

from tenure.engine.hmm import BERNOULLI, GAUSSIAN, POISSON, Emissions, Measure, Model, Moves
from tenure.engine.hmm.sequences import Sequences

MEASURES = (Measure("usage", GAUSSIAN), Measure("tickets", POISSON), Measure("reply", BERNOULLI))
INPUTS = ("training", "outage")
TRUTH = Model(
    start=np.array([0.3, 0.5, 0.2]),
    moves=Moves(
        cut=np.array([[2.2, 5.5], [-2.6, 2.6], [-5.5, -2.4]]),
        effect=np.array([[1.2, -0.3], [0.8, -1.0], [0.5, -1.5]]),
    ),
    emissions=Emissions(
        MEASURES,
        mean=np.array([[-1.0, 0.5, 2.0], [2.0, 1.0, 0.4], [0.15, 0.5, 0.85]]),
        spread=np.array([[0.7, 0.6, 0.8], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
        floor=np.full(3, 0.01),
    ),
    input_names=INPUTS,
)


def simulated(seed, accounts, steps, missing=0.1):
    """Sequences of `steps`/2 to `steps` steps and the states behind them, (N, T)."""
    draw = np.random.default_rng(seed)
    inputs = draw.poisson(0.3, (accounts, steps, 2)).astype(float)
    state = np.empty((accounts, steps), dtype=np.int64)
    state[:, 0] = _pick(draw, np.tile(TRUTH.start, (accounts, 1)))
    for t in range(1, steps):
        chance = TRUTH.moves.matrix(inputs[:, t])[np.arange(accounts), state[:, t - 1]]
        state[:, t] = _pick(draw, chance)
    mean, spread = (part[:, state] for part in (TRUTH.emissions.mean, TRUTH.emissions.spread))
    values = np.stack(
        [
            draw.normal(mean[0], spread[0]),
            draw.poisson(mean[1]),
            draw.random(state.shape) < mean[2],
        ],
        axis=2,
    ).astype(float)
    values[draw.random(values.shape) < missing] = np.nan
    length = draw.integers(max(1, steps // 2), steps + 1, accounts)
    keys = draw.permutation(10 * accounts)[:accounts]
    return Sequences(keys, length, values, inputs, MEASURES, INPUTS), state


def _pick(draw, chance):
    below = np.cumsum(chance, axis=1)
    return (draw.random((len(chance), 1)) > below[:, :-1]).sum(axis=1)
