"""Overdue invoices of a preview's days are those that a segment of the day asks for."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tenure.accounts.models import Account
from tenure.contracts.models import Invoice
from tenure.contracts.selectors.payments import NOT_OWED
from tenure.plays.preview.invoices import Invoices
from tenure.segments.facts import invoices
from tenure.segments.facts.moment import Moment

START = datetime(2026, 1, 1, tzinfo=UTC)


def some_time(dice, chance=0.8):
    return START + timedelta(hours=dice.randrange(24 * 60)) if dice.random() < chance else None


@pytest.mark.django_db
def test_each_day_of_many_invoices_is_told_as_a_segment_tells_it():
    dice = Random(5)
    accounts = Account.objects.bulk_create(
        Account(external_id=str(n), name=str(n), recorded_at=START) for n in range(40)
    )
    Invoice.objects.bulk_create(
        Invoice(
            external_id=str(n), account=dice.choice(accounts), amount=1, currency="EUR",
            issued_at=some_time(dice), due_at=some_time(dice), paid_at=some_time(dice, 0.4),
            status=dice.choice(["", "open", *sorted(NOT_OWED)]),
            recorded_at=some_time(dice, 1.0), superseded_at=some_time(dice, 0.2),
        )
        for n in range(300)
    )  # fmt: skip
    read, late = Invoices(), 0
    for days in range(0, 70, 3):
        moment = Moment((START + timedelta(days=days)).date())
        told = read.overdue_days(moment)
        assert told == invoices.overdue_days(moment)
        late += sum(1 for value in told.values() if value)
    assert late > 100
