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
SETTLE = 0.07  # of the way to the value wanted goes a week
FULL = 4.0  # regret grows no further
MOST = 0.2  # decisions a week at boundless regret, nothing holding back
REVIEW = 70.0  # days before the end of a longer term in which it is reviewed
FARAWAY = 0.05  # of the urge acts outside the review
FELT = ("onboarding", "poor_fit", "no_champion", "trust", "price", "budget", "low_use")
LACKS = (*FELT, "outside")


def week_of_mind(world: World, week: int, chance: np.random.Generator) -> None:
    """Move value, trust, purse and regret by one week."""
    mind, population = world.mind, world.population
    n, day = len(world), week * 7.0
    goal = wanted(population.fit, mind.onboarding, mind.share, mind.breadth)
    mind.value += np.where(world.using, SETTLE * (goal - mind.value), 0)
    mind.value = np.clip(mind.value + chance.normal(0, 0.012, n), 0.01, 1)
    mind.trust += 0.035 * (0.58 + 0.14 * world.coverage - mind.trust) + chance.normal(0, 0.012, n)
    for outage in world.outages:
        if day <= outage.begins < day + 7:
            hit = (population.region == outage.region) | (outage.region < 0)
            mind.trust -= outage.blow * hit * world.using
    mind.trust = np.clip(mind.trust, 0, 1)
    mood = 0.9 * np.sin(2 * np.pi * (week / 75 + 0.1)) * 0.012  # the economy
    mind.budget += -0.06 * mind.budget + chance.normal(0, 0.055, n) + mood
    world.record.dearer[week] = _dearer(world, day)
    # a beginner forgives: what it expects rises over its first half year
    age = np.clip((day - population.created) / 182, 0, 1)
    short = population.aspiration * (0.45 + 0.55 * age) - surplus(world, day)
    world.record.alone[week] = alone = ~world.champions(day)
    mind.regret = remorse(mind.regret, short, alone)


def wanted(fit: Floats, onboarding: Floats, share: Floats, breadth: Floats) -> Floats:
    """The value towards which an account moves, by fit, onboarding, share active, features."""
    return np.asarray(
        fit
        * (0.2 + 0.8 * onboarding)
        * (0.3 + 0.7 * np.sqrt(np.clip(share, 0, 1)))
        * (0.72 + 0.28 * breadth / 8)
    )


def remorse(regret: Floats, short: Floats, alone: Floats | Bools) -> Floats:
    """Regret after a week so `short` of the aspiration; `alone` 1 without a champion, else 0."""
    grown = np.minimum(regret + np.maximum(short, 0) * (1 + 0.9 * alone), FULL)
    return np.asarray(np.where(short > 0, grown, regret * 0.88))


def surplus(world: World, day: float) -> Floats:
    """What an account feels it has from us beyond the price, shape (accounts,)."""
    mind, dearer = world.mind, world.record.dearer[int(day // 7)]
    return felt_surplus(mind.value, mind.trust, mind.budget, world.population.price_pain * dearer)


def felt_surplus(value: Floats, trust: Floats, budget: Floats, pain: Floats) -> Floats:
    """Value and trust less a price that hurts, the more so the tighter the purse."""
    squeeze = pain * (1 + 1.5 * np.maximum(budget, 0))
    return np.asarray(value + 0.4 * (trust - 0.6) - squeeze - 0.22 * budget)


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
    years = world.record.at_risk[: int(day // 7)].sum(axis=0) / 52
    urge = urges(world.mind.regret, tipping(years)) * openings(world, day)
    return np.where(at_risk(world), urge + from_outside(world.book.tier), 0.0)


def tipping(years: Floats) -> Floats:
    """Regret at which the urge to leave is half its most, by paid years so far."""
    return np.asarray(TIPPING * (1 + BOND * years))


def urges(regret: Floats, half: Floats) -> Floats:
    """Decisions a week that regret would bring if nothing held back; half the most at `half`."""
    force = regret**STEEP
    return np.asarray(MOST * force / (force + half**STEEP))


def openings(world: World, day: float) -> Floats:
    """How much of the urge contract, integrations and plays at work let through, (accounts,)."""
    book = world.book
    longer = np.zeros(len(world), dtype=bool)
    for account, period in book.current.items():
        longer[account] = period.term > 1
    near = book.term_end - day < REVIEW
    open_ = np.where(longer, np.where(near, 1.0, FARAWAY), 0.28)
    return np.asarray(
        open_ * np.where(world.mind.integrated, 0.25, 1.0) * np.exp(world.play_effect)
    )


def from_outside(tier: Ints) -> Floats:
    """Decisions a week that have nothing to do with us."""
    return np.array([t.outside for t in TIERS])[tier] / 52


def at_risk(world: World) -> Bools:
    """Accounts that pay and have not yet decided to leave."""
    return np.asarray((world.book.status == PAYING) & ~world.book.leaving)


def week_of_doubt(world: World, week: int, chance: np.random.Generator) -> None:
    """Draw who decides to leave in a week, and write down the truth of it."""
    day = week * 7.0
    part = min((world.grid.end - day) / 7, 1.0)  # the last week may be cut short
    rate = intensity(world, day) * part
    world.record.intensity[week] = rate
    world.record.opening[week] = openings(world, day)
    world.record.outside[week] = from_outside(world.book.tier)
    world.record.at_risk[week] = at_risk(world)
    world.record.lacking[week] = lacking(world, day)
    decided = chance.random(len(world)) < -np.expm1(-rate)
    when = day + part * chance.uniform(0.05, 0.95, len(world))
    for account in np.flatnonzero(decided):
        _give_notice(world, int(account), float(when[account]))
        world.record.decisions.append(Decision(int(account), float(when[account])))


def _give_notice(world: World, account: int, day: float) -> None:
    """Whoever has decided tells us at once; the contract still runs to the end of its term."""
    world.book.leaving[account] = True
    period = world.book.current[account]
    period.notified = max(day, period.started + 0.001)


def lacking(world: World, day: float) -> Ints:
    """What each account is furthest from having at its best, a place in `LACKS`, (accounts,).

    It is "outside" where more than half of the week's intensity comes from there. What most
    accounts lack alike is named for most; why one is nearer to leaving than others, `blame` says.
    """
    mind, population = world.mind, world.population
    weights = {
        "onboarding": 0.8 * population.fit * (1 - mind.onboarding) * 0.6,
        "poor_fit": 0.5 * np.maximum(0.62 - population.fit, 0),
        "no_champion": 0.09 * ~world.champions(day),
        "trust": 0.4 * np.maximum(0.6 - mind.trust, 0),
        "price": population.price_pain * world.record.dearer[int(day // 7)],
        "budget": 0.22 * np.maximum(mind.budget, 0),
        "low_use": 0.25 * np.maximum(0.6 - mind.share, 0),
    }
    outside = from_outside(world.book.tier)
    felt = np.argmax(np.stack([weights[name] for name in FELT]), axis=0)
    most = outside > 0.5 * world.record.intensity[int(day // 7)]
    return np.asarray(np.where(most, len(FELT), felt), dtype=np.int64)
