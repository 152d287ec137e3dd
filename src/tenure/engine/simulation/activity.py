"""Product events: from counts by person and week to messages with times, ids and flaws.

The flaws are those of real tracking: events sent twice, events that arrive days late, devices
with a wrong clock, events without a user or without an account, anonymous ones before sign-up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tenure.engine.simulation import catalogue
from tenure.engine.simulation.payload import properties
from tenure.engine.simulation.settings import Floats, Ints
from tenure.engine.simulation.tables import account_id, person_id
from tenure.engine.simulation.world import World

CHUNK = 4  # weeks made at a time: bounds memory
TWICE, LATE, NAMELESS_ACCOUNT = 0.004, 0.012, 0.02
WRONG_CLOCK = 0.012  # of people
MACHINE = (catalogue.EVENTS.index("automation_run"), catalogue.EVENTS.index("api_called"))
STEPS = (0.2, 0.4, 0.6, 0.8, 0.93)


@dataclass(frozen=True)
class Draft:
    """Events before they become messages; arrays of shape (events,). -1: no such id."""

    person: Ints
    account: Ints
    code: Ints
    day: Floats
    number: Ints
    anonymous: Ints

    def where(self, keep: np.ndarray) -> "Draft":
        """The marked or indexed events."""
        return Draft(
            self.person[keep], self.account[keep], self.code[keep], self.day[keep],
            self.number[keep], self.anonymous[keep],
        )  # fmt: skip


def joined(drafts: list[Draft]) -> Draft:
    """Several drafts in one."""
    names = ("person", "account", "code", "day", "number", "anonymous")
    return Draft(*(np.concatenate([getattr(d, name) for d in drafts]) for name in names))


@dataclass(frozen=True)
class Sent:
    """Messages in order of receipt.

    `table` has the contract's columns of events; `received` (days since the start) and `skew`
    (seconds by which the sender's clock was ahead) have a value per row.
    """

    table: pa.Table
    received: Floats
    skew: Ints


class Activity:
    """Makes the events of a finished simulation, some weeks at a time."""

    def __init__(self, world: World, same: Ints) -> None:
        self._world = world
        chance = world.settings.chance("activity")
        self._chance = chance
        people, n = world.people, len(world)
        self._user_ids = pa.array([person_id(int(p)) for p in same], pa.string())
        self._account_ids = pa.array([account_id(a) for a in range(n)], pa.string())
        token = np.frombuffer(chance.bytes(8 * len(people)).hex().encode(), "S16")
        self._anonymous = pa.array([f"anon-{t.decode()}" for t in token], pa.string())
        self._order = np.argsort(chance.random((n, catalogue.FEATURES)), axis=1) + 1
        off = chance.random(len(people)) < WRONG_CLOCK
        self._skew = np.where(off, chance.integers(-10_800, 10_800, len(people)), 0)
        self._events = pa.array(catalogue.EVENTS, pa.string())
        self._special = self._specials()

    def chunks(self) -> Iterator[Sent]:
        """All messages received before the end, in order of receipt, a few weeks at a time."""
        grid, held = self._world.grid, None
        for week in range(0, grid.weeks, CHUNK):
            until = min(grid.end, (week + CHUNK) * 7.0)
            sent = self._messages(self._draft(week, min(week + CHUNK, grid.weeks)))
            if held is not None:
                sent = _merge(held, sent)
            # what happened on the eve of these weeks counts as received at their start
            sent = _rows(replace(sent, received=np.maximum(sent.received, week * 7.0)), None)
            now = sent.received < until
            yield _rows(sent, np.flatnonzero(now))
            held = _rows(sent, np.flatnonzero(~now))

    def _draft(self, first: int, stop: int) -> Draft:
        drafts = [self._week(week) for week in range(first, stop)]
        special = self._special
        inside = (special.day >= first * 7) & (special.day < stop * 7)
        draft = joined([*drafts, special.where(inside)])
        keep = (draft.day < self._world.grid.end) & ~self._down(draft)
        return draft.where(keep)

    def _week(self, week: int) -> Draft:
        """The events of a week: who acted how often is known, when and what is drawn."""
        world, chance = self._world, self._chance
        who, count = world.record.person[week], world.record.events[week]
        person = np.repeat(who, count)
        account = world.people.account[person]
        total = len(person)
        breadth = world.record.breadth[week, account]
        rank = np.floor(chance.random(total) ** 1.5 * breadth).astype(np.int64)
        code = self._order[account, np.minimum(rank, catalogue.FEATURES - 1)]
        code = np.where(chance.random(total) < 0.2, catalogue.LOGIN, code)
        day = week * 7.0 + self._moments(who, count, account)
        there = (day >= world.people.joined[person]) & (day < world.people.left[person])
        there &= day >= world.population.created[account]
        machine = np.isin(code, MACHINE) & (chance.random(total) < 0.6)
        second = np.where(chance.random(total) < 0.015, person, -1)
        draft = Draft(
            np.where(machine, -1, person), account, code, day, np.zeros(total, dtype=np.int64),
            np.where(machine, -1, second),
        )  # fmt: skip
        return draft.where(there)

    def _moments(self, who: Ints, count: Ints, account: Ints) -> Floats:
        """Days into the week: a few days of one's own, in the working hours of one's country."""
        chance, total = self._chance, int(count.sum())
        days = np.minimum(1 + chance.poisson(count / 4.0), 5)
        begin, stride = chance.integers(0, 5, len(who)), chance.choice([1, 2, 3], len(who))
        which = np.floor(chance.random(total) * np.repeat(days, count)).astype(np.int64)
        day = (np.repeat(begin, count) + which * np.repeat(stride, count)) % 5
        retail = self._world.population.industry[account] == catalogue.RETAIL
        weekend = chance.random(total) < np.where(retail, 0.22, 0.04)
        day = np.where(weekend, 5 + chance.integers(0, 2, total), day)
        abroad = np.array([c.hours for c in catalogue.COUNTRIES])[
            self._world.population.country[account]
        ]
        hour = 7.5 + 11 * chance.beta(2.2, 2.4, total) - abroad
        return np.asarray(day + hour / 24, dtype=np.float64)

    def _down(self, draft: Draft) -> np.ndarray:
        """Events that an outage prevented."""
        region = self._world.population.region[np.maximum(draft.account, 0)]
        down = np.zeros(len(draft.day), dtype=bool)
        for outage in self._world.outages:
            hit = (region == outage.region) | (outage.region < 0)
            down |= hit & (draft.day >= outage.begins) & (draft.day < outage.begins + outage.lasts)
        return down

    def _messages(self, draft: Draft) -> Sent:
        """Give events their ids, clocks and delays; some are sent twice; order by receipt."""
        chance, grid = self._chance, self._world.grid
        total = len(draft.day)
        skew = np.where(draft.person >= 0, self._skew[np.maximum(draft.person, 0)], 0)
        delay = chance.exponential(2.0, total) / 86_400
        late = chance.random(total) < LATE
        delay = np.where(late, chance.exponential(2.5, total), delay)
        received = draft.day + delay
        table = self._table(draft, grid.seconds(draft.day) + skew)
        twice = np.flatnonzero(chance.random(total) < TWICE)
        again = np.concatenate([np.arange(total), twice])
        received = np.concatenate(
            [received, received[twice] + chance.exponential(0.02, len(twice))]
        )
        return _rows(Sent(table.take(pa.array(again)), received, skew[again]), None)

    def _table(self, draft: Draft, seconds: Ints) -> pa.Table:
        chance, total = self._chance, len(draft.day)
        micros = seconds * 1_000_000 + chance.integers(0, 1_000_000, total)
        token = np.frombuffer(chance.bytes(8 * total).hex().encode(), "S16")
        sole = (chance.random(total) < NAMELESS_ACCOUNT) & (draft.person >= 0)
        account = np.where(sole, -1, draft.account)
        return pa.table(
            {
                "event": self._events.take(pa.array(draft.code)),
                "timestamp": pa.array(micros, pa.timestamp("us", tz="UTC")),
                "user_id": _ids(self._user_ids, draft.person),
                "account_id": _ids(self._account_ids, account),
                "anonymous_id": _ids(self._anonymous, draft.anonymous),
                "message_id": pa.array(token).cast(pa.string()),
                "properties": properties(chance, draft.code, draft.number),
            }
        )

    def _specials(self) -> Draft:
        """What happens once: looking at prices, signing up, inviting, connecting, onboarding."""
        world, chance, rows = self._world, self._chance, []
        people, created = world.people, world.population.created
        for account in range(len(world)):
            person, day = int(people.first[account]), float(created[account])
            if np.isfinite(people.joined[person]):
                before = day - np.sort(chance.exponential(0.6, 1 + account % 3))[::-1]
                rows += [(-1, -1, catalogue.PRICING, max(t, 0.0), 0, person) for t in before]
                rows.append((person, account, catalogue.SIGN_UP, day + 0.001, 0, person))
        for person in np.flatnonzero(people.joined < world.grid.end).tolist():
            account = int(people.account[person])
            host = int(people.first[account])
            if person != host and people.left[host] > people.joined[person]:
                when = max(float(people.joined[person]) - 0.02, float(created[account]) + 0.002)
                rows.append((host, account, catalogue.INVITE, when, 0, -1))
        for account, day in world.record.integrations:
            rows.append((int(people.first[account]), account, catalogue.INTEGRATION, day, 0, -1))
        rows += self._onboarding()
        columns = list(zip(*rows, strict=True))
        whole = [np.array(c, dtype=np.int64) for c in (*columns[:3], *columns[4:])]
        return Draft(whole[0], whole[1], whole[2], np.array(columns[3]), whole[3], whole[4])

    def _onboarding(self) -> list[tuple[int, int, int, float, int, int]]:
        """A step is done in the week in which onboarding first passes its mark."""
        world, rows = self._world, []
        for number, mark in enumerate(STEPS, start=1):
            passed = world.record.onboarding >= mark
            week = np.argmax(passed, axis=0)
            for account in np.flatnonzero(passed.any(axis=0)).tolist():
                day = week[account] * 7 + int(self._chance.integers(0, 5)) + 0.5 + 0.01 * number
                day = max(day, float(world.population.created[account]) + 0.01 * number)
                person = int(world.people.first[account])
                rows.append((person, int(account), catalogue.ONBOARDING, day, number, -1))
        return rows


def _ids(names: pa.Array, index: Ints) -> pa.Array:
    """Names by index, null for -1."""
    return names.take(pa.array(np.maximum(index, 0), mask=index < 0))


def _merge(one: Sent, other: Sent) -> Sent:
    both = Sent(
        pa.concat_tables([one.table, other.table]),
        np.concatenate([one.received, other.received]),
        np.concatenate([one.skew, other.skew]),
    )
    return _rows(both, None)


def _rows(sent: Sent, index: np.ndarray | None) -> Sent:
    """The indexed rows; all of them in order of receipt if there is no index."""
    if index is None:
        index = np.argsort(sent.received, kind="stable")
    return Sent(sent.table.take(pa.array(index)), sent.received[index], sent.skew[index])
