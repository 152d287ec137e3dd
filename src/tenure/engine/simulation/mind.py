"""What a week does to value, trust, purse and regret, and how near an account is to leaving.

The truth is a mechanism with thresholds and memory, not a regression: an account compares the
surplus it feels with its aspiration; only a lasting shortfall builds regret, faster without a
champion; regret turns into a decision by a Hill curve, gated by the contract (a yearly customer
thinks about leaving when the renewal is near) and by what it has built on us.
"""

import numpy as np

from tenure.engine.simulation.catalogue import TIERS, price_index
from tenure.engine.simulation.settings import Bools, Floats, Ints
from tenure.engine.simulation.world import PAYING, Decision, World

TIPPING = 1.35  # regret at which the urge to leave is half its most
STEEP = 4
BOND = 0.6  # by which each paid year raises the tipping point
FULL = 4.0  # regret grows no further
MOST = 0.2  # decisions a week at boundless regret, nothing holding back
REVIEW = 70.0  # days before the end of a longer term in which it is reviewed
FARAWAY = 0.05  # of the urge acts outside the review
FELT = ("onboarding", "poor_fit", "no_champion", "trust", "price", "budget", "low_use")
DRIVERS = (*FELT, "outside")


def week_of_mind(world: World, week: int, chance: np.random.Generator) -> None:
    """Move value, trust, purse and regret by one week."""
    mind, population = world.mind, world.population
    n, day = len(world), week * 7.0
    wanted = (
        population.fit
        * (0.2 + 0.8 * mind.onboarding)
        * (0.3 + 0.7 * np.sqrt(np.clip(mind.share, 0, 1)))
        * (0.72 + 0.28 * mind.breadth / 8)
    )
    mind.value += np.where(world.using, 0.07 * (wanted - mind.value), 0)
    mind.value = np.clip(mind.value + chance.normal(0, 0.012, n), 0.01, 1)
    mind.trust += 0.035 * (0.58 + 0.14 * world.coverage - mind.trust) + chance.normal(0, 0.012, n)
    for outage in world.outages:
        if day <= outage.begins < day + 7:
            hit = (population.region == outage.region) | (outage.region < 0)
            mind.trust -= outage.blow * hit * world.using
    mind.trust = np.clip(mind.trust, 0, 1)
    mood = 0.9 * np.sin(2 * np.pi * (week / 75 + 0.1)) * 0.012  # the economy
    mind.budget += -0.06 * mind.budget + chance.normal(0, 0.055, n) + mood
    # a beginner forgives: what it expects rises over its first half year
    age = np.clip((day - population.created) / 182, 0, 1)
    short = population.aspiration * (0.45 + 0.55 * age) - surplus(world, day)
    alone = 1 + 0.9 * ~world.champions(day)
    grown = mind.regret + np.maximum(short, 0) * alone
    mind.regret = np.where(short > 0, np.minimum(grown, FULL), mind.regret * 0.88)


def surplus(world: World, day: float) -> Floats:
    """What an account feels it has from us beyond the price, shape (accounts,)."""
    mind, dearer = world.mind, _dearer(world, day)
    pain = world.population.price_pain * dearer * (1 + 1.5 * np.maximum(mind.budget, 0))
    return mind.value + 0.4 * (mind.trust - 0.6) - pain - 0.22 * mind.budget


def _dearer(world: World, day: float) -> Floats:
    """By how much the list price has risen since each account bought, shape (accounts,)."""
    dearer = np.zeros(len(world))
    for account, period in world.book.current.items():
        if period.tier:
            now = price_index(world.rises, period.tier, day)
            dearer[account] = max(now / world.book.entry_index[account] - 1, 0)
    return dearer


def intensity(world: World, day: float) -> Floats:
    """Decisions to leave a week, shape (accounts,); zero where there is nothing to leave."""
    mind, book = world.mind, world.book
    force = mind.regret**STEEP
    years = world.record.at_risk[: int(day // 7)].sum(axis=0) / 52
    urge = MOST * force / (force + (TIPPING * (1 + BOND * years)) ** STEEP)
    longer = np.zeros(len(world), dtype=bool)
    for account, period in book.current.items():
        longer[account] = period.term > 1
    near = book.term_end - day < REVIEW
    urge = urge * np.where(longer, np.where(near, 1.0, FARAWAY), 0.28)
    urge = urge * np.where(mind.integrated, 0.25, 1.0) * np.exp(world.play_effect)
    outside = np.array([t.outside for t in TIERS])[book.tier] / 52
    return np.where(at_risk(world), urge + outside, 0.0)


def at_risk(world: World) -> Bools:
    """Accounts that pay and have not yet decided to leave."""
    return np.asarray((world.book.status == PAYING) & ~world.book.leaving)


def week_of_doubt(world: World, week: int, chance: np.random.Generator) -> None:
    """Draw who decides to leave in a week, and write down the truth of it."""
    day = week * 7.0
    part = min((world.grid.end - day) / 7, 1.0)  # the last week may be cut short
    rate = intensity(world, day) * part
    world.record.intensity[week] = rate
    world.record.at_risk[week] = at_risk(world)
    world.record.driver[week] = leading = drivers(world, day)
    decided = chance.random(len(world)) < -np.expm1(-rate)
    when = day + part * chance.uniform(0.05, 0.95, len(world))
    for account in np.flatnonzero(decided):
        _give_notice(world, int(account), float(when[account]))
        driver = DRIVERS[leading[account]]
        world.record.decisions.append(Decision(int(account), float(when[account]), driver))


def _give_notice(world: World, account: int, day: float) -> None:
    """Whoever has decided tells us at once; the contract still runs to the end of its term."""
    world.book.leaving[account] = True
    period = world.book.current[account]
    period.notified = max(day, period.started + 0.001)


def drivers(world: World, day: float) -> Ints:
    """What weighs most on each account, as a place in `DRIVERS`, shape (accounts,).

    It is "outside" where more than half of the week's intensity comes from there.
    """
    mind, population = world.mind, world.population
    weights = {
        "onboarding": 0.8 * population.fit * (1 - mind.onboarding) * 0.6,
        "poor_fit": 0.5 * np.maximum(0.62 - population.fit, 0),
        "no_champion": 0.09 * ~world.champions(day),
        "trust": 0.4 * np.maximum(0.6 - mind.trust, 0),
        "price": population.price_pain * _dearer(world, day),
        "budget": 0.22 * np.maximum(mind.budget, 0),
        "low_use": 0.25 * np.maximum(0.6 - mind.share, 0),
    }
    outside = np.array([t.outside for t in TIERS])[world.book.tier] / 52
    felt = np.argmax(np.stack([weights[name] for name in FELT]), axis=0)
    most = outside > 0.5 * world.record.intensity[int(day // 7)]
    return np.asarray(np.where(most, len(FELT), felt), dtype=np.int64)
