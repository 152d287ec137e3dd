"""Transition matrices with what is not known about them: Dirichlet rows, small segments pooled.

Row i of a segment's matrix has the posterior Dirichlet(prior + own counts + w · others' counts).
The weight w makes the other segments worth at most `worth` account-months; `worth` is chosen for
each state by how well it predicts every segment from the others and nothing else (the leave-one-out
Dirichlet-multinomial likelihood), up to 300: a few alike segments prove little about the next one,
so a small segment's interval stays wide. Segments that differ hardly lean on each other.

Sources: J. E. Mosimann (1962), "On the compound multinomial distribution", Biometrika 49, 65-82;
J. G. Ibrahim and M.-H. Chen (2000), "Power prior distributions for regression models", Statistical
Science 15(1), 46-60.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from tenure.engine.states.history import PROSPECT, Floats

_WORTHS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


@dataclass(frozen=True)
class Prior:
    """What a row is before any account is seen: `stay` in its state, the rest spread evenly.

    `strength` is in account-months. `back`: whether moves into the first state count as possible;
    nobody who has paid becomes a prospect again, so not by default. Moves that were seen always do.
    """

    stay: float = 0.9
    strength: float = 1.0
    back: bool = False

    def rows(self, size: int) -> Floats:
        """Dirichlet parameters, (S, S)."""
        spread = np.ones((size, size)) - np.eye(size)
        spread[:, PROSPECT] *= float(self.back)
        spread *= (1.0 - self.stay) / np.maximum(spread.sum(axis=1, keepdims=True), 1.0)
        return self.strength * (spread + self.stay * np.eye(size))


@dataclass(frozen=True)
class Answer:
    """A quantity's posterior mean and median and its equal-tailed interval, all of one shape.

    Where the mean is far above the median the data hardly bound the quantity; show the median.
    """

    mean: Floats
    median: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Transitions:
    """Posterior of the monthly transition matrices of G segments.

    Attributes:
        rows: (G, S, S) Dirichlet parameters, row by row.
        worth: (S,) account-months that the other segments are worth at most, for each state.
    """

    rows: Floats
    worth: Floats

    @property
    def mean(self) -> Floats:
        """Posterior mean matrices, (G, S, S)."""
        return np.asarray(self.rows / self.rows.sum(axis=2, keepdims=True))

    def draws(self, group: int = 0, number: int = 1000, seed: int = 0) -> Floats:
        """Matrices drawn from a segment's posterior, (number, S, S)."""
        draw = np.random.default_rng([seed, group])
        size = self.rows.shape[-1]
        shares = draw.standard_gamma(self.rows[group], (number, size, size))
        return np.asarray(shares / shares.sum(axis=2, keepdims=True))

    def answer(
        self,
        of: Callable[[Floats], Floats],
        group: int = 0,
        level: float = 0.9,
        number: int = 1000,
        seed: int = 0,
    ) -> Answer:
        """The posterior of anything that follows from a matrix.

        `of` takes matrices (number, S, S) and gives (number, …), as the functions of
        `tenure.engine.states.outlook` do.
        """
        values = of(self.draws(group, number, seed))
        tail = (1.0 - level) / 2.0
        # Infinite values (a state nobody leaves) have a rank but no difference to interpolate.
        low, median, high = np.quantile(values, [tail, 0.5, 1.0 - tail], axis=0, method="nearest")
        return Answer(values.mean(axis=0), median, low, high)


def transitions(counts: ArrayLike, prior: Prior | None = None) -> Transitions:
    """The posterior from counts (G, S, S) or (S, S), as `monthly_counts` gives them.

    Months of one account count as so many independent draws given its state: that is what "Markov"
    says. Accounts that differ for long within a segment make true intervals wider than these.
    """
    seen = np.asarray(counts, dtype=float)
    seen = seen[None] if seen.ndim == 2 else seen
    if seen.ndim != 3 or seen.shape[1] != seen.shape[2] or (seen < 0).any():
        raise ValueError("counts must be (groups, states, states) and not negative")
    start = (prior or Prior()).rows(seen.shape[1])
    others = seen.sum(axis=0) - seen
    worth = np.array([_best_worth(seen[:, i], others[:, i], start[i]) for i in range(len(start))])
    return Transitions(start + seen + _borrowed(others, worth), worth)


def _borrowed(others: Floats, worth: Floats) -> Floats:
    """Others' counts at the weight that makes them worth at most `worth`; rows (…, S) over S."""
    size = others.sum(axis=-1, keepdims=True)
    weight = np.minimum(1.0, worth[..., None] / np.maximum(size, 1e-12))
    return np.asarray(others * weight)


def _best_worth(own: Floats, others: Floats, start: Floats) -> float:
    """The worth under which others best predict each group's row; 10 if only one has a count."""
    told = own.sum(axis=1) > 0
    if told.sum() < 2:
        return _WORTHS[2]
    scores = [
        _log_chance(own[told], start + _borrowed(others[told], np.array([worth]))).sum()
        for worth in _WORTHS
    ]
    return float(_WORTHS[int(np.argmax(scores))])


def _log_chance(counts: Floats, rows: Floats) -> Floats:
    """Log of the Dirichlet-multinomial probability of counts (…, S), without its coefficient."""
    rows = np.where((rows > 0) | (counts == 0), np.maximum(rows, 1e-12), 1e-6)
    whole, size = rows.sum(axis=-1), counts.sum(axis=-1)
    cells = (gammaln(rows + counts) - gammaln(rows)).sum(axis=-1)
    return np.asarray(gammaln(whole) - gammaln(whole + size) + cells)
