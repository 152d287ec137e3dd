"""Logs of plays whose true effects are known."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.uplift import PlayLog, play_log

COST = 150.0


@dataclass(frozen=True)
class World:
    """A log, and what is true of its accounts: effect on the chance to stay, (n,)."""

    log: PlayLog
    effect: np.ndarray

    @property
    def net(self):
        return self.effect * self.log.stake - self.log.cost


def world(n, seed, *, size=1.0, known=True):
    """Accounts that leave; contact helps some, harms others, and was given to those at risk."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 4))
    untreated = 1.0 / (1.0 + np.exp(-(1.0 - 0.9 * x[:, 0] + 0.5 * x[:, 1])))
    pull = size * (0.9 * x[:, 2] + 0.5 * (x[:, 3] > 0) - 0.3)
    odds = np.log(untreated / (1.0 - untreated)) + pull
    with_it = 1.0 / (1.0 + np.exp(-odds))
    chance = np.clip(1.0 / (1.0 + np.exp(-(-0.4 + 0.8 * x[:, 0]))), 0.1, 0.9)
    treated = random.random(n) < chance
    kept = random.random(n) < np.where(treated, with_it, untreated)
    stake = np.exp(random.normal(8.5, 0.8, n))
    x[random.random(x.shape) < 0.02] = np.nan
    log = play_log(
        np.arange(n),
        x,
        [f"x{k}" for k in range(4)],
        treated,
        kept,
        stake=stake,
        cost=COST,
        propensity=chance if known else None,
        segment=(x[:, 2] > 0).astype(int),
    )
    return World(log, with_it - untreated)
