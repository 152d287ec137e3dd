"""Runs the company week by week."""

from collections.abc import Callable

from tenure.engine.simulation.contracts import week_of_contracts
from tenure.engine.simulation.mind import week_of_doubt, week_of_mind
from tenure.engine.simulation.plays import Desk
from tenure.engine.simulation.settings import Settings
from tenure.engine.simulation.support import week_of_support
from tenure.engine.simulation.using import week_of_use
from tenure.engine.simulation.world import World

Report = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Report to nobody."""


def run(settings: Settings, report: Report = silent) -> World:
    """Simulate the company from launch to end; `report(done, total)` counts weeks.

    Within a week: contracts that fall due, use, tickets, feelings, plays, decisions to leave.
    """
    world = World.at_launch(settings)
    desk = Desk(world)
    chances = {
        name: settings.chance(name)
        for name in ("contracts", "use", "support", "mind", "plays", "doubt")
    }
    for week in range(world.grid.weeks):
        week_of_contracts(world, week, chances["contracts"])
        week_of_use(world, week, chances["use"])
        week_of_support(world, week, chances["support"])
        week_of_mind(world, week, chances["mind"])
        desk.week(world, week, chances["plays"])
        week_of_doubt(world, week, chances["doubt"])
        _write_down(world, week)
        report(week + 1, world.grid.weeks)
    return world


def _write_down(world: World, week: int) -> None:
    record, mind = world.record, world.mind
    for name in ("value", "trust", "budget", "regret", "breadth", "share", "onboarding"):
        getattr(record, name)[week] = getattr(mind, name)
    record.champion[week] = world.champions(week * 7.0 + 6.0)
    record.status[week] = world.book.status
