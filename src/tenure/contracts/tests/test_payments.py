"""Payments that did not come, as news of a day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tenure.accounts.models import Account
from tenure.contracts.models import Invoice
from tenure.contracts.selectors import invoices_owed, payments_missed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SINCE = NOW - timedelta(hours=9)


def ago(**span):
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("status", "due", "recorded", "paid", "told"),
    [
        ("failed", ago(days=3), ago(hours=2), None, True),
        ("failed", ago(days=3), ago(days=2), None, False),
        ("failed", ago(days=200), ago(hours=2), None, False),  # a history that is being loaded
        ("open", ago(hours=4), ago(days=30), None, True),
        ("open", ago(hours=4), ago(days=30), ago(hours=1), False),
        ("open", ago(hours=-4), ago(days=30), None, False),
        ("void", ago(hours=4), ago(days=30), None, False),
        ("", ago(hours=4), ago(days=30), None, True),
    ],
)
def test_a_payment_is_missed_when_it_fails_or_falls_due_unpaid(status, due, recorded, paid, told):
    acme = Account.objects.create(external_id="a", name="a", recorded_at=NOW)
    Invoice.objects.create(
        external_id="i", account=acme, amount=Decimal("99.50"), currency="EUR", due_at=due,
        paid_at=paid, status=status, recorded_at=recorded,
    )  # fmt: skip
    found = payments_missed(Account.objects.all(), SINCE, NOW)
    assert bool(found) is told
    for one in found:
        assert (one.account, one.amount, one.failed) == (
            acme.pk,
            Decimal("99.5"),
            status == "failed",
        )


def test_an_invoice_is_owed_until_it_is_paid():
    acme = Account.objects.create(external_id="a", name="a", recorded_at=NOW)
    for name, paid in (("open", None), ("settled", NOW)):
        Invoice.objects.create(
            external_id=name, account=acme, amount=1, currency="EUR", paid_at=paid,
            recorded_at=NOW,
        )  # fmt: skip
    assert invoices_owed(["open", "settled", "none"]) == {"open"}
