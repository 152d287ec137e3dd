"""A week of use: people act by need, value, habit and each other's example."""

import numpy as np

from tenure.engine.simulation.catalogue import TIERS, season
from tenure.engine.simulation.people import CHAMPION, DECISION_MAKER, SPONSOR, USER
from tenure.engine.simulation.settings import Floats, Ints
from tenure.engine.simulation.world import FREE, PAYING, TRIAL, World

HOLD = 0.62  # from this habit on, use carries itself
PLACE = np.array([0.0, 0.75, 0.3, 1.0, 0.0])  # pace by status


def week_of_use(world: World, week: int, chance: np.random.Generator) -> None:
    """Draw who acts how often in a week; write it down; let habits and adoption follow."""
    day = week * 7.0
    _come_and_go(world, day, chance)
    here = np.flatnonzero(world.people.present(day + 6.99) & world.using[world.people.account])
    pace = _pace(world, week, here, chance)
    # a person has quiet weeks whatever their mean: Poisson with a gamma rate
    count = chance.poisson(pace * chance.gamma(1.6, 1 / 1.6, len(here)))
    busy = count > 0
    world.record.person.append(here[busy].astype(np.int64))
    world.record.events.append(count[busy].astype(np.int64))
    habit = world.people.habit[here]
    fade = np.where(habit > HOLD, 0.02, 0.06)
    world.people.habit[here] = np.clip(
        habit + np.where(busy, 0.09 * (1 - habit), -fade * habit), 0, 1
    )
    _adopt(world, day, here[busy], here, chance)


def _pace(world: World, week: int, here: Ints, chance: np.random.Generator) -> Floats:
    """Expected events of each person present, shape (len(here),)."""
    mind, population = world.mind, world.population
    need = season(world.grid, week)[population.industry]
    mood = np.exp(chance.normal(0, 0.18, len(world)))
    going = np.where(world.book.leaving, 0.55, 1.0)
    account = (
        need
        * mood
        * going
        * PLACE[world.book.status]
        * (0.25 + 1.05 * mind.value)
        * (0.35 + 0.65 * mind.onboarding)
        * (0.6 + 0.4 * mind.share)
        * (0.85 + 0.25 * world.champions(week * 7.0))
        * np.exp(world.play_boost)
    )
    people = world.people
    own = people.pace[here] * (0.25 + 0.95 * people.habit[here])
    return np.asarray(account[people.account[here]] * own)


def _come_and_go(world: World, day: float, chance: np.random.Generator) -> None:
    """People join while the team is smaller than wanted, and leave: champions most sorely."""
    people, n = world.people, len(world)
    present = people.present(day)
    going = present & (people.joined < day - 14)
    rate = np.where(people.role == CHAMPION, 0.0042, 0.0028)
    going &= chance.random(len(people)) < rate
    people.left[going] = day + chance.uniform(0, 7, int(going.sum()))
    _replace_champions(world, day, chance)
    for _ in range(3):
        count = people.count(people.present(day + 6.99), n)
        started = people.count(np.isfinite(people.joined), n)
        room = (count < np.round(world.mind.team)) & (started < people.size) & world.using
        room &= world.population.created < day + 7
        for account in np.flatnonzero(room):
            since = max(day, world.population.created[account])
            joined = since + chance.uniform(0, 1) * (day + 6.9 - since)
            if started[account] == 0:
                joined = world.population.created[account]
            people.join(int(people.first[account] + started[account]), float(joined))


def _replace_champions(world: World, day: float, chance: np.random.Generator) -> None:
    """Where a champion left, a colleague may step up, sooner or later or never."""
    people = world.people
    lost = people.count((people.role == CHAMPION) & (people.left < day), len(world)) > 0
    wanting = lost & ~world.champions(day) & world.population.replaces & world.using
    wanting &= chance.random(len(world)) < 0.05
    for account in np.flatnonzero(wanting):
        first, size = int(people.first[account]), int(people.size[account])
        team = np.arange(first, first + size)
        fit = team[(people.joined[team] < day) & (people.left[team] > day + 7)]
        fit = fit[(people.role[fit] >= USER - 1) & (people.role[fit] != SPONSOR)]
        fit = fit[people.role[fit] != DECISION_MAKER]
        if len(fit):
            people.promote(int(fit[np.argmax(people.habit[fit])]), CHAMPION, day + 0.4)


def _adopt(world: World, day: float, active: Ints, here: Ints, chance: np.random.Generator) -> None:
    """Shares of active people, onboarding, features in use and the team wanted after the week."""
    mind, people, n = world.mind, world.people, len(world)
    using = world.using
    share = people.count(active, n) / np.maximum(people.count(here, n), 1)
    mind.share += np.where(using, 0.3 * (share - mind.share), -mind.share * 0.5)
    helped = 0.5 + share + 0.6 * world.coverage * (world.book.status == PAYING)
    gap = np.maximum(mind.onboarding_cap - mind.onboarding, 0)
    mind.onboarding += np.where(using, world.population.start_speed * helped * gap, 0)
    reach = np.array([t.features for t in TIERS], dtype=np.float64)[world.book.tier]
    reach = np.where(world.book.status == TRIAL, TIERS[2].features, reach)
    drawn_to = 1.5 + (reach - 1.5) * mind.onboarding * (0.35 + 0.65 * world.population.fit)
    pull = 0.05 * (0.4 + 0.6 * world.champions(day))
    mind.breadth += np.where(using, pull * (drawn_to - mind.breadth), 0)
    mind.breadth = np.clip(mind.breadth + chance.normal(0, 0.03, n), 1, reach)
    _build(world, day, chance)
    growing = np.where(world.book.status >= FREE, world.population.growth, 0.0)
    drift = growing * (mind.value / 0.45 - 0.35) + chance.normal(0, 0.006, n)
    mind.team = np.clip(mind.team * np.exp(np.where(using, drift, 0)), 1, people.size * 0.85)


def _build(world: World, day: float, chance: np.random.Generator) -> None:
    """Some well-started accounts build integrations, which makes them hard to move."""
    mind = world.mind
    builds = world.population.entrenched & ~mind.integrated & (world.book.status == PAYING)
    builds &= (mind.onboarding > 0.8) & (chance.random(len(world)) < 0.03)
    mind.integrated |= builds
    when = day + float(chance.uniform(0.3, 4.7))
    world.record.integrations += [(int(a), when) for a in np.flatnonzero(builds)]
