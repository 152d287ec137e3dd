"""A week of tickets: trouble, how soon it was answered and solved, and what that did to trust."""

import numpy as np

from tenure.engine.simulation.settings import Floats
from tenure.engine.simulation.world import PAYING, TRIAL, Trouble, World


def week_of_support(world: World, week: int, chance: np.random.Generator) -> None:
    """Draw tickets: more of them while starting, with many people, and after an outage."""
    day = week * 7.0
    active = np.where(world.using, world.mind.share * world.mind.team, 0)
    rate = 0.028 * active * (1 + 1.2 * (1 - world.mind.onboarding))
    rate = rate * np.where(world.book.status == PAYING, 1.0, 0.5)
    calm = chance.poisson(rate)
    for account in np.repeat(np.arange(len(world)), calm):
        _open(world, int(account), day + float(chance.uniform(0, 7)), False, chance)
    for outage in world.outages:
        if not day <= outage.begins < day + 7:
            continue
        hit = (world.population.region == outage.region) | (outage.region < 0)
        hit &= world.book.status >= TRIAL
        cry = np.where(hit, active * outage.blow * 0.35, 0)
        for account in np.repeat(np.arange(len(world)), chance.poisson(cry)):
            when = outage.begins + float(chance.exponential(outage.lasts))
            _open(world, int(account), min(when, day + 6.99), True, chance)


def _open(
    world: World, account: int, day: float, outage: bool, chance: np.random.Generator
) -> None:
    """A ticket; a slow answer costs trust, a quick one earns a little."""
    if day < world.population.created[account]:
        return
    reply = float(np.exp(chance.normal(np.log(_usual(world)[account]), 0.9)))
    reply *= 2.2 if outage else 1.0
    solve = reply + float(np.exp(chance.normal(np.log(14.0), 1.2)))
    world.record.troubles.append(Trouble(account, day, reply, solve, outage))
    strain = 0.006 * min(np.log2(max(reply, 0.5) / 6), 3.5)
    world.mind.trust[account] = np.clip(world.mind.trust[account] - strain, 0, 1)


def _usual(world: World) -> Floats:
    """Usual hours to a first reply by tier."""
    return np.array([14.0, 9.0, 5.0, 2.5])[world.book.tier]
