"""A simulated company as others see it: the contract's tables, its events, and apart the truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from tenure.engine.simulation import ledger, roster, truth
from tenure.engine.simulation.activity import Activity, Sent
from tenure.engine.simulation.contact import Contact
from tenure.engine.simulation.history import Report, run, silent
from tenure.engine.simulation.plays import PLAYS
from tenure.engine.simulation.settings import Grid, Settings
from tenure.engine.simulation.tables import account_id, iso, table
from tenure.engine.simulation.voice import Voice
from tenure.engine.simulation.world import World


@dataclass(frozen=True)
class Company:
    """What a simulation hands out.

    Attributes:
        settings: what was asked for.
        grid: its calendar.
        tables: name in the file contract → table; money and times are text, ids the sender's own.
        truth: name → table of hidden causes; only tests may look.
        activity: makes the product events on demand.
    """

    settings: Settings
    grid: Grid
    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    activity: Activity

    def events(self) -> Iterator[Sent]:
        """Product events in order of receipt, four weeks at a time. Call once."""
        return self.activity.chunks()


def simulate(settings: Settings, report: Report = silent) -> Company:
    """Simulate a company; the same settings give the same company, to the byte.

    Args:
        settings: size, length, seed, end.
        report: called with weeks done and weeks in all.

    Returns:
        Its tables, truth and events.
    """
    return hand_out(run(settings, report))


def hand_out(world: World) -> Company:
    """What others see of a company that has been lived through, and the truth apart."""
    return Company(
        settings=world.settings,
        grid=world.grid,
        tables=_tables(world),
        truth={
            "account_months": truth.account_months(world),
            "accounts": truth.accounts(world),
            "decisions": truth.decisions(world),
            "play_effects": truth.play_effects(world),
            "outages": truth.outages(world),
        },
        activity=Activity(world, roster.identities(world)),
    )


def _tables(world: World) -> dict[str, pa.Table]:
    same = roster.identities(world)
    books = roster.books(world)
    voice = Voice(world, same)
    tickets, csat = voice.tickets()
    return {
        "accounts": roster.accounts(world, books),
        "people": roster.people(world, same),
        "memberships": roster.memberships(world, same),
        "plans": ledger.plans(world),
        "subscriptions": ledger.subscriptions(world),
        "invoices": ledger.invoices(world),
        "touchpoints": Contact(world, books, voice, same).table(),
        "tickets": tickets,
        "survey_answers": voice.surveys(csat),
        "outcomes": voice.outcomes(),
        "advocacy": voice.advocacy(),
        "plays_log": _plays_log(world),
        "costs": ledger.costs(world),
    }


def _plays_log(world: World) -> pa.Table:
    """Which account was put into which arm of which play, with which odds."""
    made = [a for a in world.record.assignments if a.day < world.grid.end]
    return table(
        "plays_log",
        [
            (
                account_id(a.account),
                PLAYS[a.play].name,
                "treated" if a.treated else "held_out",
                iso(world.grid, a.day),
                a.propensity,
            )
            for a in made
        ],
    )
