"""From options to a plan: parts that share nobody, each solved as exactly as time allows.

Books that are owned fall apart into one small program for each manager. Pooled accounts hold
managers together in a large one, of which only the columns that can matter are given to HiGHS
(column generation: L. R. Ford and D. R. Fulkerson 1958; M. E. Lübbecke and J. Desrosiers 2005,
Operations Research 53(6), 1007-1023). Options whose reduced cost exceeds the gap between bound and
plan can't be in a better plan and are left out of the whole-number program.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tenure.engine.planning.options import Options
from tenure.engine.planning.program import (
    WHOLE,
    Relaxed,
    bound,
    fill,
    reduced,
    relax,
    solve_whole,
)
from tenure.engine.planning.week import Floats, Ints, Truths

MANY = 20_000
"""Options from which a part is solved by generating columns."""
NEAR = 200_000
"""Options of a part, those that lose least, that are tried in filling up."""
CORE = 6_000
"""Options that a whole-number program may have where it need not be exact."""
CLOSE = 1e-4
_ROUNDS, _SPREAD, _WIDE = 15, 3, 2.5


@dataclass(frozen=True)
class Solution:
    """Options taken, (k,); price of an hour by manager, (C,); what no plan can exceed, in money."""

    taken: Truths
    price: Floats
    bound: float


def solve(options: Options, free: Floats, seconds: float) -> Solution:
    """Solve all parts; time left over by one is there for the next."""
    taken, price, most = np.zeros(len(options), dtype=bool), np.zeros(free.size), 0.0
    end = time.monotonic() + seconds
    parts = list(components(options, free.size))
    for at, rows in enumerate(parts):
        share = (end - time.monotonic()) / (len(parts) - at)
        found = _part(_renumbered(options.take(rows)), free, max(share, 0.05))
        taken[rows] = found.taken
        price = np.maximum(price, found.price)
        most += found.bound
    return Solution(taken, price, most)


def components(options: Options, managers: int) -> Iterator[Ints]:
    """Rows of options that hang together by a manager or an account."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(options):
        return
    size = managers + int(options.account.max()) + 1
    ends = (options.manager, options.account + managers)
    graph = coo_array((np.ones(len(options)), ends), (size, size))
    _, label = connected_components(graph, directed=False)
    own = label[options.manager]
    order = np.argsort(own, kind="stable")
    edges = np.flatnonzero(np.diff(own[order])) + 1
    yield from np.split(order, edges)


def _renumbered(options: Options) -> Options:
    """The same with accounts numbered from 0 on."""
    _, account = np.unique(options.account, return_inverse=True)
    return Options(
        account.astype(np.int64), options.play, options.manager, options.value, options.hours
    )


def _part(options: Options, free: Floats, seconds: float) -> Solution:
    end = time.monotonic() + seconds
    small = len(options) <= MANY
    found = relax(options, free) if small else _generated(options, free, end)
    order = _near(options, found.price)
    sure = found.share > 1.0 - WHOLE
    nothing = np.zeros(len(options), dtype=bool)
    kept = fill(options, free, np.flatnonzero(sure), nothing)
    plans = [fill(options, free, order, nothing), fill(options, free, order, kept)]
    best = max(plans, key=lambda taken: float(options.value[taken].sum()))
    better = _whole(options, free, found, best, order, end)
    best = max((best, better), key=lambda taken: float(options.value[taken].sum()))
    return Solution(best, found.price, found.bound)


def _near(options: Options, price: Floats) -> Ints:
    """At most NEAR rows of options that lose least at these prices, the best per hour first."""
    own = reduced(options, price)
    _, earned = bound(options, np.zeros(price.size), price, int(options.account.max()) + 1)
    near = np.argsort(earned[options.account] - own, kind="stable")[:NEAR]
    return np.asarray(near[np.argsort(-(own / options.hours)[near], kind="stable")])


def _whole(
    options: Options, free: Floats, found: Relaxed, best: Truths, order: Ints, end: float
) -> Truths:
    """Solve what is open in whole numbers, then fill up in an order."""
    lacks = found.bound - float(options.value[best].sum())
    if lacks <= 1e-9 * max(found.bound, 1.0):
        return best
    accounts = int(options.account.max()) + 1
    _, earned = bound(options, free, found.price, accounts)
    loses = earned[options.account] - reduced(options, found.price)
    core = np.flatnonzero((loses <= lacks + 1e-9) & found.offered)
    left, kept = free, np.zeros(len(options), dtype=bool)
    if core.size > CORE:
        # Too many to be exact: accounts that are clear at these prices stay as they are.
        core = core[_unclear(options.take(core), found.price, accounts)]
        inside = np.zeros(accounts, dtype=bool)
        inside[options.account[core]] = True
        sure = (found.share > 1.0 - WHOLE) & ~inside[options.account]
        kept = fill(options, free, np.flatnonzero(sure), kept)
        left = free - np.bincount(options.manager[kept], options.hours[kept], free.size)
    gap = 0.0 if core.size <= 200 else CLOSE
    kept[core] |= solve_whole(options.take(core), left, end - time.monotonic(), gap)
    return fill(options, free, order, kept)


def _unclear(options: Options, price: Floats, accounts: int) -> Ints:
    """Rows of at most CORE options, of the accounts whose best two choices are worth most alike.

    Doing nothing is a choice too, worth 0.
    """
    own = reduced(options, price)
    order = np.lexsort((-own, options.account))
    account = options.account[order]
    start = np.flatnonzero(np.append(True, account[1:] != account[:-1]))
    best, second = np.full(accounts, -np.inf), np.zeros(accounts)
    best[account[start]] = own[order[start]]
    after = np.setdiff1d(start + 1, np.append(start, account.size))
    second[account[after]] = np.maximum(own[order[after]], 0.0)
    apart = np.abs(best - second)[options.account]
    return np.asarray(np.argsort(apart, kind="stable")[:CORE])


def _generated(options: Options, free: Floats, end: float) -> Relaxed:
    """The linear program by its columns that matter, until the bound says that none is missing."""
    accounts = int(options.account.max()) + 1
    chosen = np.zeros(len(options), dtype=bool)
    chosen[_first(options, free)] = True
    best: Relaxed | None = None
    for _ in range(_ROUNDS):
        rows = np.flatnonzero(chosen)
        inner = relax(options.take(rows), free)
        share = np.zeros(len(options))
        share[rows] = inner.share
        most, earned = bound(options, free, inner.price, accounts)
        lowest = most if best is None else min(most, best.bound)
        price = inner.price if best is None or most <= best.bound else best.price
        best = Relaxed(share, price, lowest, chosen.copy())
        reached = float(options.value @ share)
        if lowest - reached <= CLOSE * lowest or time.monotonic() > end:
            break
        chosen |= _missing(options, inner.price, earned, chosen)
    if best is None:
        raise RuntimeError("A plan needs a round at least.")
    return best


def _first(options: Options, free: Floats) -> Ints:
    """Columns to begin with: of accounts worth most per hour, each with a few managers by lot."""
    density = options.value / options.hours
    order = np.argsort(-density, kind="stable")
    _, first = np.unique(options.account[order], return_index=True)
    tops = np.sort(first)
    used = np.cumsum(options.hours[order[tops]])
    edge = int(np.searchsorted(used, _WIDE * free.sum()))
    wanted = np.zeros(int(options.account.max()) + 1, dtype=bool)
    wanted[options.account[order[tops[: edge + 1]]]] = True
    rows = np.flatnonzero(wanted[options.account])
    lot = np.random.default_rng(0).random(rows.size)
    # The first few of each account and play by lot.
    pair = options.account[rows] * (int(options.play.max()) + 1) + options.play[rows]
    ranked = np.lexsort((lot, pair))
    _, start, size = np.unique(pair[ranked], return_index=True, return_counts=True)
    place = np.arange(rows.size) - np.repeat(start, size)
    return np.asarray(rows[ranked[place < _SPREAD]])


def _missing(options: Options, price: Floats, earned: Floats, chosen: Truths) -> Truths:
    """(k,) the options that an account earns most with at these prices and that aren't there."""
    own = reduced(options, price)
    top = (own > 1e-9) & (own >= earned[options.account] - 1e-9) & ~chosen
    rows = np.flatnonzero(top)
    # One of those alike, by lot: all at once would be many, always the first would crowd one.
    rows = np.random.default_rng(rows.size).permutation(rows)
    _, first = np.unique(options.account[rows], return_index=True)
    out = np.zeros(len(options), dtype=bool)
    out[rows[first]] = True
    return out
