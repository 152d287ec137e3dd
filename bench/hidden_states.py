"""The hidden Markov model of relationship states: 1,000 accounts, 120 weeks, 3 states, 50 rounds.

Four inputs, once as counts of encounters (few distinct vectors) and once as real numbers (all
distinct). Bound: 20 s of one core for each.
"""

import sys
import time

import numpy as np

from tenure.engine import hmm

ACCOUNTS, WEEKS, INPUTS, ROUNDS, LIMIT = 1_000, 120, 4, 50, 20.0
MEASURES = (hmm.Measure("usage"), hmm.Measure("tickets", hmm.POISSON))


def world(draw: np.random.Generator, inputs: np.ndarray) -> hmm.Sequences:
    """Accounts that drift up with the first input and down with the second."""
    state = np.ones((ACCOUNTS, WEEKS), dtype=np.int64)
    for week in range(1, WEEKS):
        push = 0.8 * inputs[:, week, 0] - 0.8 * inputs[:, week, 1]
        luck = draw.logistic(size=ACCOUNTS) + push
        state[:, week] = np.clip(state[:, week - 1] + (luck > 3) - (luck < -3), 0, 2)
    usage = draw.normal(np.array([-1.0, 0.5, 2.0])[state], 0.8)
    tickets = draw.poisson(np.array([2.0, 1.0, 0.5])[state])
    values = np.stack([usage, tickets], axis=2).astype(float)
    names = tuple(f"input {i}" for i in range(INPUTS))
    length = np.full(ACCOUNTS, WEEKS)
    return hmm.Sequences(np.arange(ACCOUNTS), length, values, inputs, MEASURES, names)


def main() -> int:
    draw = np.random.default_rng(1)
    shape = ACCOUNTS, WEEKS, INPUTS
    kinds = {
        "counts": draw.poisson(0.3, shape).astype(float),
        "real numbers": draw.normal(size=shape),
    }
    how = hmm.Settings(restarts=1, trial=1, iterations=ROUNDS, tolerance=-np.inf)
    good = True
    for name, inputs in kinds.items():
        data = world(draw, inputs)
        began = time.process_time()
        fitted = hmm.fit(data, 3, how)
        took = time.process_time() - began
        good &= took <= LIMIT
        print(f"{name}: {len(fitted.trace) - 1} rounds in {took:.1f} s of processor time")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
