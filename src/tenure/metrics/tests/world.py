"""A small random company: accounts, events in the store, and facts of every kind."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from tenure.accounts.models import Account, Person
from tenure.contracts.models import Invoice, Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.events.models import DirtyWeek, StoreFile
from tenure.events.store import place
from tenure.events.store.schema import SCHEMA
from tenure.events.store.statistics import ints, ranges, weeks_touched
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

NAMES = ["login", "report_viewed", "export", "report_exported", "invite", "search"]
FIRST = datetime(2024, 11, 4, tzinfo=UTC)
TODAY = date(2025, 8, 20)  # a Wednesday, so the running week is not whole


@dataclass
class Event:
    account: int
    at: datetime
    person: int = 0
    actor: int = 0
    event: str = "login"
    properties: object = None


@dataclass
class World:
    rng: random.Random
    accounts: list[Account] = field(default_factory=list)
    count: int = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def moment(self, end: date = TODAY) -> datetime:
        """A random time; often just on, before or after a UTC midnight."""
        last = datetime.combine(end, datetime.min.time(), UTC) + timedelta(days=1)
        day = FIRST + timedelta(days=self.rng.randrange((last - FIRST).days))
        edge = self.rng.random()
        if edge < 0.1:
            return day
        if edge < 0.2:
            return day + timedelta(days=1) - timedelta(microseconds=1)
        return day + timedelta(microseconds=self.rng.randrange(86_400_000_000))


def account_add(name: str, created: datetime | None = None) -> Account:
    return Account.objects.create(
        external_id=name, name=name, created_at=created, recorded_at=clock.now()
    )


def events_add(events: list[Event]) -> None:
    """Write events to the store as a drain would: files by month, manifest, dirty weeks."""
    months: dict[date, list[Event]] = {}
    for event in events:
        months.setdefault(event.at.date().replace(day=1), []).append(event)
    for month, some in months.items():
        some.sort(key=lambda e: (e.account, e.at))
        table = pa.Table.from_pylist([_row(event) for event in some], schema=SCHEMA)
        store = place.current()
        path = place.new_path(month)
        size = store.write(table, path)
        known = {field.name for field in StoreFile._meta.get_fields()}
        columns = {name: value for name, value in ranges(table).items() if name in known}
        StoreFile.objects.create(
            path=path, month=month, bytes=size, created_at=clock.now(), **columns
        )
        for week in weeks_touched(ints(table, "account_id"), ints(table, "occurred_at")):
            DirtyWeek.objects.create(
                week=week.start,
                account_min=int(week.accounts.min()),
                account_max=int(week.accounts.max()),
                created_at=clock.now(),
            )


def _row(event: Event) -> dict[str, object]:
    text = event.properties
    if text is not None and not isinstance(text, str):
        text = json.dumps(text)
    return {
        "account_id": event.account,
        "person_id": event.person,
        "actor_id": event.actor,
        "ref_id": 0,
        "event": event.event,
        "occurred_at": event.at,
        "received_at": event.at,
        "message_id": random.randbytes(16),
        "properties": text,
    }


def random_events(world: World, count: int, accounts: list[int]) -> list[Event]:
    """Some people work in several accounts, some events wait, some have odd properties."""
    rng = world.rng
    odd = [None, {"value": 3}, {"value": 2.5}, {"value": "7.25"}, {"value": "12d"}, {"value": True}]
    odd += [{"other": 1}, {"value": None}, {"value": -1e3}, {"value": {"value": 4}}, "not json {"]
    return [
        Event(
            account=rng.choice([*accounts, 0]) if rng.random() < 0.2 else rng.choice(accounts),
            at=world.moment(),
            person=rng.choice([0, 1, 2, 3, 4, 5]),
            actor=rng.choice([0, 7, 8]),
            event=rng.choice(NAMES),
            properties=rng.choice(odd),
        )
        for _ in range(count)
    ]


def make_world(seed: int, accounts: int = 6, events: int = 600, facts: int = 40) -> World:
    """A whole random company: one account is silent, one is new, one has no start date."""
    world = World(random.Random(seed))
    Person.objects.get_or_create(external_id="p", defaults={"recorded_at": clock.now()})
    for number in range(accounts):
        created = None if number == 0 else FIRST + timedelta(days=world.rng.randrange(200))
        world.accounts.append(account_add(f"a{seed}-{number}", created))
    busy = [account.pk for account in world.accounts[:-1]]
    events_add(random_events(world, events, busy))
    for account in world.accounts[:-1]:
        facts_add(world, account, world.rng.randrange(facts))
    return world


def facts_add(world: World, account: Account, count: int) -> None:
    """Random tickets, touchpoints, answers, invoices and periods of one account."""
    for _ in range(count):
        world.rng.choice([_ticket, _touchpoint, _touchpoint, _answer, _invoice, _period])(
            world, account
        )


def _later(world: World, moment: datetime, days: int) -> datetime | None:
    if world.rng.random() < 0.3:
        return None
    return moment + timedelta(seconds=world.rng.randrange(days * 86_400))


def _ticket(world: World, account: Account) -> None:
    opened = world.moment()
    Ticket.objects.create(
        external_id=f"t{world.number()}",
        account=account,
        opened_at=opened,
        first_reply_at=_later(world, opened, 20),
        resolved_at=_later(world, opened, 60),
        csat=world.rng.choice([None, 1, 3, 5]),
        recorded_at=clock.now(),
    )


def _touchpoint(world: World, account: Account) -> None:
    Touchpoint.objects.create(
        external_id=f"c{world.number()}",
        account=account,
        kind=world.rng.choice(Touchpoint.Kind.values),
        direction=world.rng.choice(["in", "out", "out", "both", ""]),
        occurred_at=world.moment(),
        sentiment=world.rng.choice([None, -0.5, 0.25, 1.0]),
        recorded_at=clock.now(),
    )


def _answer(world: World, account: Account) -> None:
    kind = world.rng.choice(["nps", "nps", "csat", "ces"])
    SurveyAnswer.objects.create(
        external_id=f"s{world.number()}",
        account=account,
        kind=kind,
        score=world.rng.randrange(11) if kind == "nps" else world.rng.randrange(1, 6),
        answered_at=world.moment(),
        recorded_at=clock.now(),
    )


def _invoice(world: World, account: Account) -> None:
    due = world.moment(TODAY + timedelta(days=30))
    paid = _later(world, due - timedelta(days=5), 40)
    Invoice.objects.create(
        external_id=f"i{world.number()}",
        account=account,
        amount=10,
        currency="EUR",
        due_at=world.rng.choice([due, due, due, None]),
        paid_at=paid,
        status=world.rng.choice(["", "paid", "open", "void"]),
        recorded_at=clock.now(),
    )


def _period(world: World, account: Account) -> None:
    plan, _ = Plan.objects.get_or_create(
        external_id="plan", defaults={"name": "Plan", "tier": 1, "recorded_at": clock.now()}
    )
    started = world.moment()
    SubscriptionPeriod.objects.create(
        external_id=f"sub{account.pk}-{world.rng.randrange(3)}",
        account=account,
        plan=plan,
        mrr=100,
        currency="EUR",
        seats=world.rng.choice([None, 1, 5, 20]),
        started_at=started,
        ended_at=_later(world, started, 200),
        recorded_at=clock.now(),
    )
