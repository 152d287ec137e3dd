"""Real rows for tests, the benchmark and page development; deterministic for a seed."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person, PersonRole
from tenure.contracts.models import ContractState, Invoice, Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.health.models import Band, BandChange, CurrentHealth, Score
from tenure.metrics.models import AccountSeries, AccountSnapshot
from tenure.relationship.models import Evaluation, Level, LevelChange, Standing
from tenure.timeline.models import (
    Advocacy,
    Outcome,
    PlayRecord,
    Pulse,
    SurveyAnswer,
    Ticket,
    Touchpoint,
)

WORDS = ("Aster", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor", "Iris", "Juniper")
KINDS = ("Logistics", "Health", "Foods", "Robotics", "Travel", "Energy", "Media", "Legal")
SEGMENTS = ("Enterprise", "Mid-market", "Small business")
MEASURES = (
    ("active_people", 14.0, 0.3), ("seat_share", 0.62, 0.2), ("usage_trend", 0.03, 0.2),
    ("tickets_open", 2.0, 0.1), ("nps_180d", 30.0, 0.2),
)  # fmt: skip
CLAUSES = {
    "C1": {"paid_months": 22, "renewals": 1, "monthly": False},
    "C2": {"active_share": 0.92, "touch_collected": True, "touch_days": 12},
    "C3": {"people": 15, "seats": 32, "key_person": 1},
    "C4": {"days": 80},
    "C5": {"share": 0.6, "answers": 6},
    "C6": {"chance": 0.93, "low": 0.88, "high": 0.96},
    "A1": {"days": 45},
}
SUBJECTS = ("Quarterly review", "Roll-out plan", "Question on exports", "Renewal terms")
CHUNK = 2000


def ago(days: float) -> datetime:
    """A moment so many days before now."""
    return clock.now() - timedelta(days=days)


def account_make(name="Northwind", *, owner=None, recorded=None, **values) -> Account:
    """One account, known since `recorded` (two years ago), owned by `owner`."""
    count = Account.objects.count()
    recorded = recorded or ago(730)
    values = {"external_id": f"acc-{count + 1}", "name": name, "created_at": recorded, **values}
    account = Account.objects.create(recorded_at=recorded, **values)
    if owner is not None:
        OwnerAssignment.objects.create(
            account=account, owner=owner, since=recorded, recorded_at=recorded
        )
    return account


def plans_make() -> list[Plan]:
    """Three plans of rising tier."""
    rows = [
        Plan(
            external_id=f"plan-{tier}", name=name, tier=tier, recorded_at=ago(2000),
            is_top_tier=tier == 3,
        )
        for tier, name in ((1, "Starter"), (2, "Team"), (3, "Scale"))
    ]  # fmt: skip
    Plan.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Plan.objects.order_by("tier"))


def derived_make(accounts, plans, seed=1) -> None:
    """What the refresh would have derived: contracts, scores, standings, snapshots, series."""
    dice = random.Random(seed)
    for start in range(0, len(accounts), CHUNK):
        part = accounts[start : start + CHUNK]
        ContractState.objects.bulk_create([_contract(a, plans, dice) for a in part])
        _scores(part, dice)
        _standings(part, dice)
        AccountSnapshot.objects.bulk_create([_snapshot(a, dice) for a in part])
        AccountSeries.objects.bulk_create([_series(a, dice) for a in part])


def _contract(account, plans, dice) -> ContractState:
    plan = dice.choice(plans)
    return ContractState(
        account=account, as_of=clock.now(), mrr=Decimal(dice.randrange(200, 9000)), plan=plan,
        tier=plan.tier, seats=dice.randrange(3, 80), paying_since=ago(dice.randrange(40, 1200)),
        renews_at=ago(-dice.randrange(-20, 360)), renewals_completed=dice.randrange(4),
    )  # fmt: skip


def _scores(part, dice) -> None:
    rows = []
    for account in part:
        for week in (9, 5, 1, 0):
            value = min(99.0, max(4.0, dice.gauss(62, 20)))
            measures = [
                [key, raw, round(value, 1), weight, value * weight] for key, raw, weight in MEASURES
            ]
            rows.append(
                Score(
                    account=account, as_of=(ago(7 * week)).date(), value=value, band=_band(value),
                    coverage=1.0, scorecard="default", scorecard_version=1, measures=measures,
                    computed_at=ago(7 * week),
                )
            )  # fmt: skip
    Score.objects.bulk_create(rows, batch_size=CHUNK)
    newest = {s.account_id: s for s in Score.objects.filter(account__in=part).order_by("as_of")}
    CurrentHealth.objects.bulk_create(
        CurrentHealth(
            account_id=pk, score=s, value=s.value, band=s.band, coverage=1.0,
            change_30d=dice.gauss(0, 6), as_of=s.as_of,
        )
        for pk, s in newest.items()
    )  # fmt: skip


def _band(value) -> str:
    return Band.GOOD if value >= 70 else Band.FAIR if value >= 40 else Band.POOR


def _standings(part, dice) -> None:
    rows = []
    for account in part:
        level = dice.choices(Level.values, weights=(1, 6, 4, 1, 1))[0]
        clauses = {c: [dice.choice(("yes", "yes", "no", "unknown")), e] for c, e in CLAUSES.items()}
        rows.append(
            Evaluation(
                account=account, as_of=clock.today(), qualifies_as=level, level=level,
                clauses=clauses, slipping=dice.random() < 0.08, locked_in=dice.random() < 0.05,
                missing_clause=dice.choice(("", "", "", "C3", "C5")), definition_version=1,
                computed_at=clock.now(),
            )
        )  # fmt: skip
    Evaluation.objects.bulk_create(rows, batch_size=CHUNK)
    Standing.objects.bulk_create(
        Standing(
            account_id=e.account_id, evaluation=e, level=e.level, since=ago(200).date(),
            slipping=e.slipping, missing_clause=e.missing_clause, locked_in=e.locked_in,
            as_of=e.as_of,
        )
        for e in Evaluation.objects.filter(account__in=part)
    )  # fmt: skip


def _snapshot(account, dice) -> AccountSnapshot:
    people = dice.randrange(1, 60)
    return AccountSnapshot(
        account=account, as_of=clock.today(), computed_at=clock.now(), active_people=people,
        last_active_at=ago(dice.random() * dice.choice((2, 2, 60))),
        spark=[max(0, people + dice.randrange(-6, 7)) for _ in range(12)],
        values={
            "active_people": people, "seat_share": dice.random(), "stickiness": dice.random(),
            "feature_breadth": dice.randrange(2, 14), "tickets_open": dice.randrange(4),
            "nps_180d": dice.randrange(-40, 90), "usage_vs_baseline": dice.gauss(0, 1),
        },
        coverage={
            "events": clock.today().isoformat(), "tickets": ago(9).date().isoformat(),
            "surveys": None,
        },
    )  # fmt: skip


def _series(account, dice, weeks=60) -> AccountSeries:
    first = clock.week_start(ago(7 * (weeks - 1)).date())
    level = dice.randrange(5, 40)
    people = [max(0, level + dice.randrange(-4, 5) + week // 8) for week in range(weeks)]
    series = {
        "active_people": people,
        "events": [p * dice.randrange(8, 20) for p in people],
        "seat_share": [min(1.0, p / 60) for p in people],
        "feature_breadth": [dice.randrange(3, 12) for _ in people],
        "usage_vs_baseline": [round(dice.gauss(0, 1), 2) for _ in people],
    }
    return AccountSeries(account=account, first_week=first, series=series, computed_at=clock.now())


def book_make(count, *, owners=(), seed=1) -> list[Account]:
    """Many accounts with everything the list of accounts shows."""
    dice = random.Random(seed)
    plans = plans_make()
    offset = Account.objects.count()
    Account.objects.bulk_create(
        (
            Account(
                external_id=f"acc-{offset + i + 1}",
                name=f"{dice.choice(WORDS)} {dice.choice(KINDS)} {offset + i + 1}",
                domain=f"a{offset + i + 1}.example", segment=dice.choice(SEGMENTS),
                country=dice.choice(("NL", "DE", "IT", "US")), industry=dice.choice(KINDS),
                created_at=ago(900), recorded_at=ago(dice.randrange(400, 900)),
            )
            for i in range(count)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    accounts = list(Account.objects.order_by("pk")[offset:])
    if owners:
        OwnerAssignment.objects.bulk_create(
            (
                OwnerAssignment(
                    account=a, owner=owners[i % len(owners)], since=ago(300), recorded_at=ago(300)
                )
                for i, a in enumerate(accounts)
            ),
            batch_size=CHUNK,
        )  # fmt: skip
    derived_make(accounts, plans, seed)
    return accounts


def story_make(account, *, seed=1, touchpoints=24) -> None:
    """A past for one account: people, contract periods, invoices and everything on its timeline."""
    dice = random.Random(seed)
    people = _people(account, dice)
    _periods(account)
    touched = Touchpoint.objects.bulk_create(
        Touchpoint(
            external_id=f"{account.external_id}-t{i}", account=account,
            kind=dice.choice(("email", "call", "meeting", "note")),
            direction=dice.choice(("in", "out", "both")),
            occurred_at=ago(10 + i * 21), recorded_at=ago(10 + i * 21),
            subject=dice.choice(SUBJECTS), body="They want to see the effect by spring.",
            csm_email="csm@example.com", sentiment=0.3,
        )
        for i in range(touchpoints)
    )  # fmt: skip
    through = Touchpoint.people.through
    through.objects.bulk_create(
        through(touchpoint=row, person=people[i % len(people)]) for i, row in enumerate(touched)
    )
    days = [ago(15 + i * 60) for i in range(6)]
    name = account.external_id
    Ticket.objects.bulk_create(
        Ticket(
            external_id=f"{name}-k{i}", account=account, person=people[0], priority="high",
            subject="Invoices lack a line", opened_at=at,
            first_reply_at=at + timedelta(hours=3),
            resolved_at=at + timedelta(days=2) if i else None, csat=4 if i else None,
            recorded_at=at,
        )
        for i, at in enumerate(days)
    )  # fmt: skip
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            external_id=f"{name}-s{i}", account=account, person=people[1], kind="nps",
            score=8 + i % 3, answered_at=at, comment="Does what we need.", recorded_at=at,
        )
        for i, at in enumerate(days)
    )  # fmt: skip
    Invoice.objects.bulk_create(
        Invoice(
            external_id=f"{name}-i{i}", account=account, amount=Decimal(2400), currency="EUR",
            issued_at=at, due_at=at + timedelta(days=30),
            paid_at=at + timedelta(days=24) if i else None, status="paid" if i else "open",
            recorded_at=at,
        )
        for i, at in enumerate(days)
    )  # fmt: skip
    Outcome.objects.create(
        external_id=f"{account.external_id}-o1",
        account=account,
        title="Halve the time to close the books",
        metric="days to close",
        target="5",
        status="achieved",
        due_on=ago(90).date(),
        confirmed_at=ago(80),
        confirmed_by="cfo@example.com",
        recorded_at=ago(300),
    )
    Outcome.objects.create(
        external_id=f"{account.external_id}-o2",
        account=account,
        title="Roll out to the Berlin office",
        status="on_track",
        due_on=ago(-60).date(),
        recorded_at=ago(40),
    )
    Advocacy.objects.create(
        external_id=f"{account.external_id}-a1",
        account=account,
        kind="reference",
        occurred_at=ago(45),
        recorded_at=ago(45),
    )
    PlayRecord.objects.create(
        account=account,
        play="Adoption review",
        arm="treated",
        assigned_at=ago(120),
        recorded_at=ago(120),
        propensity=0.9,
    )
    Pulse.objects.create(
        account=account,
        value=72,
        comment="Warm, but the sponsor is leaving.",
        occurred_at=ago(20),
        recorded_at=ago(20),
    )
    LevelChange.objects.create(
        account=account, as_of=ago(200).date(), old="customer", new="client", recorded_at=ago(200)
    )
    BandChange.objects.create(
        account=account, as_of=ago(33).date(), old="fair", new="good", recorded_at=ago(33)
    )


def _people(account, dice) -> list[Person]:
    rows = []
    for i, (name, role) in enumerate(
        (
            ("Grace Hopper", PersonRole.SPONSOR),
            ("Alan Turing", PersonRole.CHAMPION),
            ("Edsger Dijkstra", PersonRole.USER),
            ("Barbara Liskov", PersonRole.DECISION_MAKER),
        )
    ):
        person = Person.objects.create(
            external_id=f"{account.external_id}-p{i}",
            name=name,
            email=f"p{i}@{account.domain or 'x.example'}",
            title="Head of operations",
            recorded_at=ago(600),
        )
        Membership.objects.create(
            person=person, account=account, role=role, since=ago(600), recorded_at=ago(600)
        )
        rows.append(person)
    return rows


def _periods(account) -> None:
    plans = plans_make()
    for plan, mrr, seats, started, ended in (
        (plans[0], 800, 10, 700, 400),
        (plans[1], 1900, 25, 400, 120),
        (plans[1], 2400, 32, 120, None),
    ):
        SubscriptionPeriod.objects.create(
            external_id=f"{account.external_id}-sub", account=account, plan=plan,
            mrr=Decimal(mrr), currency="EUR", seats=seats, interval="month", term_months=12,
            started_at=ago(started), renews_at=ago(-120),
            ended_at=ago(ended) if ended else None, auto_renew=True, recorded_at=ago(started),
        )  # fmt: skip


def utc(year, month, day) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
