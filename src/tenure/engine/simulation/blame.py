"""What brings an account nearer to leaving than the other accounts of its time.

The truth is a mechanism, so it can be asked what would be, were a condition no better or worse
than usual: the weeks are lived again with that condition at its mean over the accounts at risk in
the same week, everything else as it was. As conditions work together, each gets its Shapley value
(L. S. Shapley 1953, A Value for n-Person Games): the mean of its effects over all orders in which
conditions could be put back. An account's values add up to the difference between its log-odds of
leaving and those with all conditions at their means. That is what explanations of a forecast speak
of, too: how an account differs from the average, not from a perfect one. What is no condition of
`FELT`, as contract, integrations, plays, aspiration and the outside, stays the account's own.
"""

from collections.abc import Collection, Mapping
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from tenure.engine.simulation.mind import (
    FELT,
    SETTLE,
    felt_surplus,
    remorse,
    tipping,
    urges,
    wanted,
)
from tenure.engine.simulation.settings import WEEKS_PER_MONTH, Bools, Floats, Ints
from tenure.engine.simulation.world import ABSENT, GONE, World

MATERIAL = float(np.log(1.25))
"""A condition that raises the odds of leaving within a month by less than a quarter is none."""
NONE = "none"
_PARTS = {
    "onboarding": ("onboarding",),
    "poor_fit": ("fit",),
    "no_champion": ("alone",),
    "trust": ("trust",),
    "price": ("pain",),
    "budget": ("budget",),
    "low_use": ("share", "breadth"),
}


def contributions(world: World) -> Floats:
    """Of each condition in `FELT` to the log-odds of leaving within a month.

    Shape (conditions, weeks, accounts); nan in weeks in which an account was not at risk.
    """
    lives, n = Lives(world), len(FELT)
    at_risk = world.record.at_risk
    parts = np.zeros((n, int(at_risk.sum())))
    for size in range(n + 1):
        for own in combinations(range(n), size):
            value = lives.log_odds([FELT[place] for place in own])
            for place in range(n):
                if place in own:
                    parts[place] += value / (n * comb(n - 1, size - 1))
                else:
                    parts[place] -= value / (n * comb(n - 1, size))
    found = np.full((n, *at_risk.shape), np.nan)
    found[:, at_risk] = parts
    return found


def planted(parts: Floats) -> NDArray[np.str_]:
    """The driver of each account and week: its largest contribution, or NONE if not `MATERIAL`.

    `parts` (conditions, …) as `contributions` gives them; NONE outside the weeks at risk.
    """
    known = np.where(np.isnan(parts), -np.inf, parts)
    names = np.array(FELT)[known.argmax(axis=0)]
    return np.where(known.max(axis=0) >= MATERIAL, names, NONE)


class Lives:
    """The weeks of the accounts that were ever at risk, to be lived again otherwise."""

    def __init__(self, world: World) -> None:
        record = world.record
        kept: Bools = np.asarray(record.at_risk.any(axis=0))
        self._at_risk = record.at_risk[:, kept]
        self._regret, self._value = record.regret[:, kept], record.value[:, kept]
        status = record.status[:, kept]
        self._using = (status > ABSENT) & (status < GONE)
        self._anew = np.zeros_like(self._using)  # who returns has forgotten
        self._anew[1:] = (status[:-1] == GONE) & self._using[1:]
        week = np.arange(status.shape[0])[:, None]
        age = np.clip((week * 7.0 - world.population.created[kept]) / 182, 0, 1)
        self._wish = world.population.aspiration[kept] * (0.45 + 0.55 * age)
        self._own = _conditions(world, kept)
        self._usual = {name: _mean(own, self._at_risk) for name, own in self._own.items()}
        self._goal = _goal(self._own)
        paid: Ints = np.cumsum(self._at_risk, axis=0) - self._at_risk
        self._half = tipping(paid / 52.0)[self._at_risk]
        self._opening = record.opening[record.at_risk]
        self._outside = record.outside[record.at_risk]

    def log_odds(self, own: Collection[str]) -> Floats:
        """Of leaving within a month, with these conditions as they were and the others usual.

        One for each week at risk, in the order of `record.at_risk[...]`. The month is one of weeks
        like this one.
        """
        urge = urges(self.regret(own)[self._at_risk], self._half) * self._opening
        return np.asarray(np.log(np.expm1((urge + self._outside) * WEEKS_PER_MONTH)))

    def regret(self, own: Collection[str]) -> Floats:
        """What it would have become, (weeks, accounts ever at risk); unused weeks as they were."""
        mine = {part for condition in own for part in _PARTS[condition]}
        felt = {name: (self._own if name in mine else self._usual)[name] for name in self._own}
        goal = _goal(felt) - self._goal
        found, value = self._regret.copy(), np.zeros(self._regret.shape[1])
        for week, using in enumerate(self._using):
            value = np.where(using, (1 - SETTLE) * value + SETTLE * goal[week], value)
            has = felt_surplus(
                np.clip(self._value[week] + value, 0.01, 1),
                *(felt[name][week] for name in ("trust", "budget", "pain")),
            )
            before = found[week - 1] * ~self._anew[week] if week else np.zeros_like(value)
            after = remorse(before, self._wish[week] - has, felt["alone"][week])
            found[week] = np.where(using, after, found[week])
        return found


def _conditions(world: World, kept: Bools) -> dict[str, Floats]:
    """Each part of `FELT` as it was, (weeks, kept accounts)."""
    record, population = world.record, world.population
    found = {name: getattr(record, name) for name in ("onboarding", "share", "breadth", "trust")}
    found |= {"budget": record.budget, "alone": record.alone.astype(float)}
    found["pain"] = population.price_pain * record.dearer
    found["fit"] = np.broadcast_to(population.fit, record.share.shape)
    return {name: whole[:, kept] for name, whole in found.items()}


def _goal(felt: Mapping[str, Floats]) -> Floats:
    return wanted(felt["fit"], felt["onboarding"], felt["share"], felt["breadth"])


def _mean(own: Floats, at_risk: Bools) -> Floats:
    """Of each week, over the accounts at risk in it; before there are any, as it was."""
    many = at_risk.sum(axis=1, keepdims=True)
    mean = (own * at_risk).sum(axis=1, keepdims=True) / np.maximum(many, 1)
    return np.asarray(np.where(many > 0, mean, own))
