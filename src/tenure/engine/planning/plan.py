"""The best use of a week's hours, solved and not sorted."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.planning.options import allowed, options_of
from tenure.engine.planning.reasons import Assignment, Left, assignments, left_out
from tenure.engine.planning.solving import solve
from tenure.engine.planning.week import Week


@dataclass(frozen=True)
class Load:
    """A manager's week.

    `free`: hours that were there to plan, `used` by the plan; `price`: what one more hour would
    keep, in money, by the linear program: 0 where hours are left over for want of worthwhile plays.
    """

    manager: int
    free: float
    used: float
    price: float


@dataclass(frozen=True)
class Plan:
    """A week's plan.

    Attributes:
        assignments: What is done, by manager.
        left: Accounts that are not in it, each with its reason.
        loads: Hours and their price by manager, in the order of the week's managers.
        value: Money that it is expected to keep, less the price of its hours.
        bound: What no plan at all can exceed.
        gap: (bound − value)/bound, 0 when there is nothing to gain: how far the plan can be from
            the best at most.
    """

    assignments: tuple[Assignment, ...]
    left: tuple[Left, ...]
    loads: tuple[Load, ...]
    value: float
    bound: float
    gap: float


def plan(week: Week, seconds: float = 6.0) -> Plan:
    """Choose plays for accounts and managers for them, with hours never exceeded.

    Args:
        week: What there is to choose from.
        seconds: Time for the whole-number programs; a plan is made in any case, `gap` tells how
            good it is.
    """
    rules = allowed(week)
    options = options_of(week, rules)
    free = np.maximum(week.free, 0.0)
    found = solve(options, free, seconds)
    value = float(options.value[found.taken].sum())
    used = np.bincount(options.manager[found.taken], options.hours[found.taken], len(week.managers))
    chosen = np.zeros(len(week.accounts), dtype=bool)
    chosen[options.account[found.taken]] = True
    most = max(found.bound, value)
    return Plan(
        assignments=assignments(week, options, found.taken, found.price),
        left=left_out(week, rules, options, found.price, chosen),
        loads=tuple(
            Load(manager.key, float(free[c]), float(used[c]), float(found.price[c]))
            for c, manager in enumerate(week.managers)
        ),
        value=value,
        bound=most,
        gap=(most - value) / most if most > 0 else 0.0,
    )
