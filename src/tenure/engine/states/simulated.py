"""GRR and NRR of a book, simulated: how far apart good and bad luck are, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from tenure.engine.states.book import Book, Floats
from tenure.engine.states.means import Means, expected

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_CELLS = 2_000_000  # accounts × runs simulated at once, to bound memory


@dataclass(frozen=True)
class Fan:
    """Quantiles at `levels` and means, at the start and after months 1…H.

    Attributes:
        levels: The Q levels.
        grr: (Q, H + 1) quantiles of Σ min(M_h, M_0)/Σ M_0; at most 1.
        nrr: (Q, H + 1) quantiles of Σ M_h/Σ M_0; never below GRR.
        mrr: (Q, H + 1) quantiles of Σ M_h.
        mean: The simulated means.
        expected: The means without simulation (and without a shared shock).
    """

    levels: tuple[float, ...]
    grr: Floats
    nrr: Floats
    mrr: Floats
    mean: Means
    expected: Means


def fan(
    book: Book,
    runs: int = 2000,
    seed: int = 0,
    levels: Sequence[float] = LEVELS,
    shared: float = 0.0,
) -> Fan:
    """Simulate the book `runs` times.

    Accounts move independently given their chances, so a large book's fan is narrow. `shared` is
    the standard deviation of one shock a run to the log-odds of all: churn and contraction up,
    expansion down. It stands for what no account's own chances know (the market, a wrong model);
    take it from how far past forecasts of the whole book were off.
    """
    draw = np.random.default_rng(seed)
    most = max(1, _CELLS // max(book.mrr.size, 1))
    parts = [simulate(book, min(most, runs - done), draw, shared) for done in range(0, runs, most)]
    kept, whole = (np.concatenate([part[i] for part in parts]) for i in range(2))
    start = book.start
    # A book without MRR keeps all of it.
    grr, nrr = (kept / start, whole / start) if start > 0 else (kept + 1.0, whole + 1.0)
    at = np.asarray(levels, dtype=float)
    return Fan(
        levels=tuple(float(level) for level in levels),
        grr=np.quantile(grr, at, axis=0),
        nrr=np.quantile(nrr, at, axis=0),
        mrr=np.quantile(whole, at, axis=0),
        mean=Means(grr.mean(axis=0), nrr.mean(axis=0), whole.mean(axis=0)),
        expected=expected(book),
    )


def simulate(book: Book, runs: int, draw: Generator, shared: float = 0.0) -> tuple[Floats, Floats]:
    """Σ min(M_h, M_0) and Σ M_h of each run, both (runs, H + 1)."""
    now = np.broadcast_to(book.mrr, (runs, book.mrr.size)).copy()
    shock = shared * draw.standard_normal((runs, 1))
    kept, whole = np.empty((2, runs, book.months + 1))
    kept[:, 0] = whole[:, 0] = book.start
    for month in range(book.months):
        leave, down, up = _chances(book, month, shock)
        luck = draw.random(now.shape)
        gone = luck < leave
        shrinks = ~gone & (luck < leave + down)
        grows = ~gone & ~shrinks & (luck < leave + down + up)
        now[gone] = 0.0
        if shrinks.any():
            now[shrinks] *= 1.0 - draw.choice(book.cuts, int(shrinks.sum()))
        if grows.any():
            now[grows] *= 1.0 + draw.choice(book.raises, int(grows.sum()))
        whole[:, month + 1] = now.sum(axis=1)
        kept[:, month + 1] = np.minimum(now, book.mrr).sum(axis=1)
    return kept, whole


def _chances(book: Book, month: int, shock: Floats) -> tuple[Floats, Floats, Floats]:
    """Chances of leaving, shrinking and growing in a month, under each run's shock."""
    leave, down, up = (part[:, month] for part in (book.churn, book.contraction, book.expansion))
    if not shock.any():
        return leave, down, up
    worse, better = np.exp(shock), np.exp(-shock)
    odds = leave * worse, down * worse, up * better
    size = 1.0 - leave - down - up + odds[0] + odds[1] + odds[2]
    return odds[0] / size, odds[1] / size, odds[2] / size
