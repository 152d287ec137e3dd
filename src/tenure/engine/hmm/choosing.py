"""How many states there are: as many as accounts that were held out bear witness to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.hmm.fitting import Fitted, Settings, fit
from tenure.engine.hmm.sequences import Floats, Ints, Sequences


@dataclass(frozen=True)
class Choice:
    """Numbers of states that were tried and how they did on accounts that were held out.

    Attributes:
        candidates: (C,) numbers of states, rising.
        score: (C,) mean log-likelihood of a held-out account.
        short: (C,) how far each is below the best, account by account on average.
        error: (C,) standard error of `short`.
        fitted: The chosen model, fitted to all accounts.
    """

    candidates: tuple[int, ...]
    score: Floats
    short: Floats
    error: Floats
    fitted: Fitted


def choose(
    data: Sequences,
    candidates: Sequence[int] = (1, 2, 3, 4),
    folds: int = 3,
    settings: Settings | None = None,
) -> Choice:
    """The smallest number of states within a standard error of the best on held-out accounts.

    Whole accounts are held out, by key and seed. The standard error is that of the difference from
    account to account. With fewer accounts than folds each is held out by itself; with a single
    one the smallest number is taken.
    """
    how, tried = settings or Settings(), tuple(sorted(set(candidates)))
    if len(data) < 2:
        nothing = np.zeros(len(tried))
        return Choice(tried, nothing, nothing, nothing, fit(data, tried[0], how))
    fold = fold_of(data.account, min(folds, len(data)), how.seed)
    score = np.empty((len(tried), len(data)))
    for at, states in enumerate(tried):
        for held in np.unique(fold):
            model = fit(data.take(fold != held), states, how).model
            score[at, fold == held] = model.log_likelihood(data.take(fold == held))
    mean = score.mean(axis=1)
    behind = score[mean.argmax()] - score
    short, error = behind.mean(axis=1), behind.std(axis=1, ddof=1) / np.sqrt(len(data))
    chosen = tried[int(np.argmax(short <= error))]
    return Choice(tried, mean, short, error, fit(data, chosen, how))


def fold_of(account: Ints, folds: int, seed: int) -> Ints:
    """The fold of each account, (N,): by rank of a hash of key and seed, so in equal shares.

    The hash is the finaliser of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood 2014, OOPSLA).
    """
    mixed = account.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    rank = np.empty(account.size, np.int64)
    rank[np.lexsort((account, mixed))] = np.arange(account.size)
    return rank % folds
