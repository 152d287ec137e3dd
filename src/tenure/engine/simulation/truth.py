"""The truth of a simulation, for tests alone: intensities, feelings, decisions, effects."""

import numpy as np
import pyarrow as pa

from tenure.engine.simulation.mind import LACKS
from tenure.engine.simulation.plays import PLAYS
from tenure.engine.simulation.tables import account_id, iso
from tenure.engine.simulation.voice import attitude
from tenure.engine.simulation.world import World


def account_months(world: World) -> pa.Table:
    """One row per account and calendar month in which it could decide to leave.

    `hazard` is the probability, given the hidden state week by week, that the account decides to
    leave within the month: 1 − exp(−Σ intensity). `exposure_weeks` counts the weeks at risk. The
    feelings are means over those weeks, `lacking` is what the account was furthest from having at
    its best in the last of them (why it was nearer to leaving than others, `blame` tells). A
    decision takes effect at the end of the paid term.
    """
    record, grid = world.record, world.grid
    weeks, accounts = np.nonzero(record.at_risk)
    month = grid.months(weeks * 7.0)
    key = accounts * 10_000 + month
    keys, inverse = np.unique(key, return_inverse=True)
    exposure = np.bincount(inverse)
    columns: dict[str, object] = {
        "account_id": [account_id(int(k // 10_000)) for k in keys],
        "month": [f"{np.datetime64(int(k % 10_000), 'M')}-01" for k in keys],
        "exposure_weeks": exposure,
        "hazard": -np.expm1(-np.bincount(inverse, record.intensity[weeks, accounts])),
    }
    for name in ("value", "trust", "budget", "regret", "onboarding", "breadth"):
        mean = np.bincount(inverse, getattr(record, name)[weeks, accounts]) / exposure
        columns[name] = mean
    feeling = attitude(world)[weeks, accounts]
    columns["attitude"] = np.bincount(inverse, feeling) / exposure
    columns["champion"] = np.bincount(inverse, record.champion[weeks, accounts]) / exposure
    last = np.zeros(keys.size, dtype=np.int64)
    np.maximum.at(last, inverse, weeks)
    places = record.lacking[last, keys // 10_000]
    columns["lacking"] = pa.array([LACKS[place] for place in places.tolist()], pa.string())
    return pa.table(columns)


def accounts(world: World) -> pa.Table:
    """The hidden, lasting traits of each account."""
    p = world.population
    names = ("fit", "aspiration", "price_pain", "slow_start", "growth", "payer_delay", "careless")
    columns: dict[str, object] = {"account_id": [account_id(i) for i in range(len(p))]}
    columns |= {name: getattr(p, name) for name in names}
    return pa.table(columns | {"entrenched": p.entrenched, "replaces": p.replaces})


def decisions(world: World) -> pa.Table:
    """Every decision to leave, with what the account was furthest from having at its best."""
    made = [d for d in world.record.decisions if d.day < world.grid.end]
    places = [int(world.record.lacking[int(d.day // 7), d.account]) for d in made]
    return pa.table(
        {
            "account_id": [account_id(d.account) for d in made],
            "decided_at": [iso(world.grid, d.day) for d in made],
            "lacking": pa.array([LACKS[place] for place in places], pa.string()),
        }
    )


def play_effects(world: World) -> pa.Table:
    """True effects of every assignment, had it been treated: log intensity and log use."""
    made = [a for a in world.record.assignments if a.day < world.grid.end]
    return pa.table(
        {
            "account_id": [account_id(a.account) for a in made],
            "play": pa.array([PLAYS[a.play].name for a in made], pa.string()),
            "assigned_at": [iso(world.grid, a.day) for a in made],
            "treated": pa.array([a.treated for a in made], pa.bool_()),
            "log_intensity": pa.array([a.effect for a in made], pa.float64()),
            "log_use": pa.array([a.boost for a in made], pa.float64()),
        }
    )


def outages(world: World) -> pa.Table:
    """When the service failed, for whom and for how long."""
    regions = ("all", "eu", "us", "ap")
    return pa.table(
        {
            "began_at": [iso(world.grid, o.begins) for o in world.outages],
            "hours": [o.lasts * 24 for o in world.outages],
            "region": [regions[o.region + 1] for o in world.outages],
        }
    )
