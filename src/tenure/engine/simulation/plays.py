"""Plays run in the past: who met the conditions, how the coin fell, and what it truly did.

Assignment is random given what is logged (the propensity). The true effect is a change of the log
intensity of leaving and of the log of use while the play works; it differs between accounts, is
nil for some plays and harmful for others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenure.engine.simulation.settings import Bools, Floats
from tenure.engine.simulation.world import PAYING, Assignment, World

REST = 120.0  # days before the same account is considered again
LASTS = 26  # weeks a play works


@dataclass(frozen=True)
class Play:
    """A play: since which share of the time it runs, who is eligible, odds and true effects."""

    name: str
    since: float
    propensity: tuple[float, float, float]  # by segment
    eligible: Callable[[World, float], Bools]
    effect: Callable[[World, float], Floats]
    boost: float = 0.0
    unblocks: bool = False


def _flat(size: float) -> Callable[[World, float], Floats]:
    return lambda world, day: np.full(len(world), size)


def _renewal_near(world: World, day: float) -> Bools:
    ahead = world.book.term_end - day
    longer = np.zeros(len(world), dtype=bool)
    for account, period in world.book.current.items():
        longer[account] = period.term > 1
    return longer & (ahead > 60) & (ahead < 110)


def _pays_between(world: World, day: float, least: int, most: int = 10_000) -> Bools:
    """Accounts that have paid for more than `least` and fewer than `most` weeks."""
    weeks = world.record.at_risk[: int(day // 7)].sum(axis=0)
    return np.asarray((weeks > least) & (weeks < most))


PLAYS = (
    Play(
        "onboarding rescue call", 0.08, (0.6, 0.7, 0.8),
        lambda w, d: (w.mind.onboarding < 0.45) & _pays_between(w, d, 4, 26),
        lambda w, d: np.where(w.population.slow_start < 1, -0.75, -0.1),
        boost=0.12, unblocks=True,
    ),
    Play(
        "champion change outreach", 0.15, (0.5, 0.7, 0.8),
        lambda w, d: ~w.champions(d) & _pays_between(w, d, 12),
        lambda w, d: np.where(w.population.replaces, -0.8, -0.35),
    ),
    Play(
        "executive business review", 0.2, (0.5, 0.6, 0.75), _renewal_near,
        lambda w, d: np.array([0.1, -0.25, -0.7])[w.population.segment],
    ),
    Play(
        "renewal discount", 0.25, (0.5, 0.5, 0.4), _renewal_near,
        lambda w, d: np.where(w.population.price_pain > 0.6, -0.6, 0.3),
    ),
    Play(
        "feature webinar invitation", 0.1, (0.8, 0.7, 0.6),
        lambda w, d: (w.mind.breadth < 4) & _pays_between(w, d, 16),
        _flat(-0.05), boost=0.06,
    ),
    Play(
        "we miss you mail", 0.2, (0.7, 0.6, 0.5),
        lambda w, d: (w.mind.share < 0.5) & _pays_between(w, d, 8),
        # wakes those who had forgotten that they pay
        lambda w, d: np.where(w.population.segment == 0, 0.75, 0.35),
        boost=-0.05,
    ),
    Play(
        "thank-you letter", 0.3, (0.5, 0.5, 0.5),
        lambda w, d: _pays_between(w, d, 50) & (w.mind.value > 0.4),
        _flat(-0.15),
    ),
)  # fmt: skip


class Desk:
    """Assigns plays every second week and lets their effects run out."""

    def __init__(self, world: World) -> None:
        self._last = np.full((len(PLAYS), len(world)), -np.inf)
        self._ends: list[tuple[int, Assignment]] = []

    def week(self, world: World, week: int, chance: np.random.Generator) -> None:
        """Assign what is due and add the true effects to those treated."""
        self._expire(world, week)
        if week % 2:
            return
        day = week * 7.0
        paying = (world.book.status == PAYING) & ~world.book.leaving
        for number, play in enumerate(PLAYS):
            if day < play.since * world.grid.end:
                continue
            able = play.eligible(world, day) & paying & (day - self._last[number] > REST)
            # the team can't get to everybody at once
            able &= chance.random(len(world)) < 0.35
            effect = play.effect(world, day) + 0.12 * chance.normal(0, 1, len(world))
            for account in np.flatnonzero(able):
                self._last[number, account] = day
                odds, size = play.propensity[world.population.segment[account]], effect[account]
                treated = bool(chance.random() < odds)
                when = day + float(chance.uniform(0.33, 0.7)) + int(chance.integers(0, 5))
                self._assign(
                    world, week,
                    Assignment(
                        int(account), number, when, treated, odds, float(size), play.boost
                    ),
                )  # fmt: skip

    def _assign(self, world: World, week: int, assignment: Assignment) -> None:
        world.record.assignments.append(assignment)
        if not assignment.treated:
            return
        account = assignment.account
        world.play_effect[account] += assignment.effect
        world.play_boost[account] += assignment.boost
        if PLAYS[assignment.play].unblocks:
            world.mind.onboarding_cap[account] = max(0.85, world.mind.onboarding_cap[account])
        self._ends.append((week + LASTS, assignment))

    def _expire(self, world: World, week: int) -> None:
        for until, assignment in self._ends:
            if until <= week:
                world.play_effect[assignment.account] -= assignment.effect
                world.play_boost[assignment.account] -= assignment.boost
        self._ends = [(until, a) for until, a in self._ends if until > week]
