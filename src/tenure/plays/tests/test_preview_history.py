"""What a preview knows of a day is what was known on it, however little it reads again."""

import random
from datetime import timedelta

import pytest

from tenure.accounts.models import Membership, OwnerAssignment, Person
from tenure.contracts.models import Invoice, SubscriptionPeriod
from tenure.core import clock
from tenure.core.models import CurrencyRate
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.health.models import Score
from tenure.plays.preview.history import History
from tenure.plays.tests.arriving import (
    START,
    account,
    answers,
    climbs,
    day,
    model,
    moves,
    pays,
    predicted,
)
from tenure.relationship.models import Evaluation
from tenure.segments.conditions import Condition
from tenure.segments.facts import Known
from tenure.segments.fields import FIXED
from tenure.segments.operators import OPERATORS
from tenure.timeline.models import Ticket, Touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAYS = 25


def _a_day(rows, run, ann, dice):
    now = clock.now()
    row, what = dice.choice(rows), dice.randrange(11)
    at = now - timedelta(days=dice.choice([0, 0, 2, 20]))
    ahead = now + timedelta(days=dice.choice([1, 3, 9]))
    if what == 0:
        moves(row, dice.choice(["DE", "FR", ""]))
    elif what == 1:
        answers(row, dice.randrange(11), days_late=dice.choice([0, 5]))
    elif what == 2:
        predicted(run, row, dice.random())
    elif what == 3:
        climbs(row, "client")
        Evaluation.objects.create(
            account=row, as_of=at.date(), qualifies_as="client", level="client",
            answers="ynuyynnn", definition_version=1, computed_at=now, slipping=True,
        )  # fmt: skip
    elif what == 4:
        Score.objects.create(
            account=row, as_of=at.date(), value=dice.random() * 100, band="fair", coverage=1,
            scorecard="d", scorecard_version=1, computed_at=now,
        )  # fmt: skip
    elif what == 5:
        Touchpoint.objects.create(
            external_id=now.isoformat(), account=row, kind="call", direction="in",
            occurred_at=at, recorded_at=now,
        )  # fmt: skip
    elif what == 6:
        Ticket.objects.create(
            external_id=now.isoformat(), account=row, opened_at=at, resolved_at=ahead,
            recorded_at=now,
        )  # fmt: skip
    elif what == 7:
        person = Person.objects.create(external_id=now.isoformat(), recorded_at=now)
        role = dice.choice(["champion", "sponsor", "user"])
        Membership.objects.create(
            person=person, account=row, role=role, since=at, until=ahead, recorded_at=now
        )
    elif what == 8:
        old = SubscriptionPeriod.objects.filter(account=row, superseded_at=None).first()
        if old is not None:
            SubscriptionPeriod.objects.filter(pk=old.pk).update(superseded_at=now)
            old.pk, old.mrr, old.recorded_at = None, dice.randrange(500), now
            old.ended_at, old.cancel_notified_at = (
                dice.choice([None, ahead]),
                dice.choice([None, at]),
            )
            old.currency = dice.choice(["EUR", "USD"])
            old.save(force_insert=True)
    elif what == 9:
        Invoice.objects.filter(account=row).update(superseded_at=dice.choice([None, now]))
        Invoice.objects.create(
            external_id=now.isoformat(), account=row, amount=1, currency="EUR",
            issued_at=dice.choice([None, at, ahead]), due_at=dice.choice([None, at, at, ahead]),
            paid_at=dice.choice([None, None, ahead]), status=dice.choice(["", "open", "void"]),
            recorded_at=now,
        )  # fmt: skip
    else:
        OwnerAssignment.objects.filter(account=row, until=None).update(until=now)
        OwnerAssignment.objects.create(account=row, owner=ann, since=now, recorded_at=now)


def test_every_field_of_every_day_reads_as_it_was_known():
    dice = random.Random("some days")
    with clock.at(day(-1)):
        run, rows = model(), [account(f"a{n}", "DE") for n in range(8)]
        ann = user_create(actor=None, email="ann@x.example", role=Role.CSM, name="Ann")
        for number, row in enumerate(rows[:6]):
            pays(row, 50 + number, renews_in=dice.randrange(5, 60))
        CurrencyRate.objects.create(
            currency="USD", day=day(12).date(), rate=2, recorded_at=clock.now()
        )
    for number in range(DAYS):
        for hour in range(5):
            with clock.at(day(number) - timedelta(hours=4 * hour + 1)):
                _a_day(rows, run, ann, dice)
    asked = [Condition(field, OPERATORS["known"], weeks=0) for field in FIXED]
    rises = OPERATORS["rose"]
    asked += [
        Condition(f, rises, (1.0,), 2) for f in FIXED if f.key in {"contract.mrr", "health.score"}
    ]
    with clock.at(START + timedelta(days=DAYS)):
        history = History()
        for number in range(DAYS + 1):
            on = day(number).date()
            then, told = Known(on, asked), history.ask(on, asked)
            assert told.accounts == then.accounts
            for one in asked:
                for weeks in {0, one.weeks}:
                    source, name = one.field.source, one.field.name
                    expected = dict(then.column(source, name, weeks))
                    found = told.column(source, name, weeks)
                    seen = {key: found.get(key) for key in then.accounts}
                    wanted = {key: expected.get(key) for key in then.accounts}
                    assert seen == wanted, (on, one.field.key, weeks)
