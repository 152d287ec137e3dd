"""Folds by account."""

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel.rows import Ints


def by_account(account: Ints, hit: NDArray[np.bool_], parts: int, seed: int) -> Ints:
    """Fold 0…parts − 1 of each row; all rows of an account in one, arrivals spread evenly.

    `hit` (n,): whether the row saw an arrival.
    """
    keys, at = np.unique(account, return_inverse=True)
    has = np.zeros(keys.size, dtype=bool)
    np.logical_or.at(has, at, hit)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(keys.size)
    order = shuffled[np.argsort(~has[shuffled], kind="stable")]
    fold = np.empty(keys.size, dtype=np.int64)
    fold[order] = np.arange(keys.size) % parts
    return fold[at]
