"""The linear and the whole-number program of a week, as HiGHS solves them.

    max Σ v_j x_j   with   Σ_{j of i} x_j ≤ 1 for each account i,
                           Σ_{j of c} h_j x_j ≤ H_c for each manager c,   0 ≤ x_j ≤ 1.

A multiple-choice knapsack with several knapsacks (H. Kellerer, U. Pferschy and D. Pisinger 2004,
Knapsack Problems, ch. 11). For any prices λ ≥ 0 of hours, what no plan can exceed is

    Σ_c λ_c H_c + Σ_i max(0, max_{j of i} (v_j − h_j λ_c(j))).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.engine.planning.options import Options
from tenure.engine.planning.week import Floats, Truths

WHOLE = 1e-6


@dataclass(frozen=True)
class Relaxed:
    """The program without whole numbers: x (k,), price of an hour (C,), and the bound it proves.

    `offered` (k,): the options that HiGHS was given.
    """

    share: Floats
    price: Floats
    bound: float
    offered: Truths


def reduced(options: Options, price: Floats) -> Floats:
    """(k,) value that is left after an option's hours are paid at these prices."""
    return np.asarray(options.value - options.hours * price[options.manager])


def bound(options: Options, free: Floats, price: Floats, accounts: int) -> tuple[float, Floats]:
    """What no plan can exceed at these prices, and what each account earns beyond them, (n,)."""
    earned = np.zeros(accounts)
    np.maximum.at(earned, options.account, reduced(options, price))
    return float(price @ free) + float(earned.sum()), earned


def relax(options: Options, free: Floats) -> Relaxed:
    """Solve the linear program.

    Raises:
        RuntimeError: HiGHS finds no solution, which can't be: doing nothing is one.
    """
    from scipy.optimize import linprog  # loads much that few pages need

    if not len(options):
        return Relaxed(np.zeros(0), np.zeros(free.size), 0.0, np.zeros(0, dtype=bool))
    matrix, limits, most = _limits(options, free)
    found = linprog(-options.value, A_ub=matrix, b_ub=most, bounds=(0.0, 1.0), method="highs-ds")
    if found.status != 0:
        raise RuntimeError(f"HiGHS could not solve the plan: {found.message}")
    price = np.zeros(free.size)
    price[limits] = np.maximum(-found.ineqlin.marginals[: limits.size], 0.0)
    accounts = int(options.account.max()) + 1
    proven, _ = bound(options, free, price, accounts)
    return Relaxed(np.asarray(found.x), price, proven, np.ones(len(options), dtype=bool))


def solve_whole(options: Options, free: Floats, seconds: float, gap: float) -> Truths:
    """(k,) the options taken, within the hours whatever HiGHS tolerates; none if too late."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(options):
        return np.zeros(0, dtype=bool)
    matrix, _, most = _limits(options, free)
    found = milp(
        -options.value,
        integrality=np.ones(len(options)),
        bounds=Bounds(0.0, 1.0),
        constraints=[LinearConstraint(matrix, -np.inf, most)],
        options={"time_limit": max(seconds, 0.05), "mip_rel_gap": gap},
    )
    if found.x is None:
        return np.zeros(len(options), dtype=bool)
    order = np.lexsort((-options.value, found.x < 0.5))
    order = order[found.x[order] > 0.5]
    return fill(options, free, order, np.zeros(len(options), dtype=bool))


def fill(options: Options, free: Floats, order: Any, taken: Truths) -> Truths:
    """Take further options in an order, each that still fits; (k,) with those already `taken`."""
    left = free - np.bincount(options.manager[taken], options.hours[taken], free.size)
    busy = np.zeros(int(options.account.max(initial=0)) + 1, dtype=bool)
    busy[options.account[taken]] = True
    out = taken.copy()
    room = left.tolist()
    rows = np.asarray(order, dtype=np.int64)
    parts = (rows, options.account[rows], options.manager[rows], options.hours[rows])
    for j, account, manager, hours in zip(*(part.tolist() for part in parts), strict=True):
        if not busy[account] and hours <= room[manager] + 1e-9:
            busy[account] = out[j] = True
            room[manager] -= hours
    return out


def _limits(options: Options, free: Floats) -> tuple[Any, Any, Floats]:
    """Rows of managers who have options, then of accounts; those managers; right-hand sides."""
    from scipy.sparse import coo_array

    managers, m = np.unique(options.manager, return_inverse=True)
    accounts, i = np.unique(options.account, return_inverse=True)
    each = np.arange(len(options))
    rows = np.concatenate([m, managers.size + i])
    values = np.concatenate([options.hours, np.ones(each.size)])
    shape = (managers.size + accounts.size, each.size)
    matrix = coo_array((values, (rows, np.concatenate([each, each]))), shape).tocsr()
    return matrix, managers, np.concatenate([free[managers], np.ones(accounts.size)])
