"""Payments that did not come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from tenure.accounts.models import Account
from tenure.contracts.models import Invoice

NOT_OWED = ("void", "draft", "cancelled", "canceled", "deleted", "refunded", "paid")
FAILED = ("failed", "payment_failed", "uncollectible", "past_due")
LATE_NEWS = timedelta(days=31)
"""Older invoices that become known only now are a history being loaded, not news."""


@dataclass(frozen=True)
class MissedPayment:
    """An invoice whose payment failed, or that was not paid when it fell due.

    `amount` in its own currency.
    """

    account: int
    invoice: str
    amount: Decimal
    currency: str
    due_at: datetime | None
    failed: bool


def payments_missed(
    accounts: QuerySet[Account], since: datetime, until: datetime
) -> list[MissedPayment]:
    """Invoices that failed, or fell due unpaid, in [since, until), oldest due first."""
    fresh = Q(due_at__isnull=True) | Q(due_at__gte=since - LATE_NEWS)
    failed = Q(status__in=FAILED, recorded_at__gte=since, recorded_at__lt=until) & fresh
    overdue = Q(due_at__gte=since, due_at__lt=until) & ~Q(status__in=FAILED)
    rows = (
        Invoice.objects.filter(failed | overdue, account__in=accounts, superseded_at__isnull=True)
        .filter(paid_at__isnull=True)
        .exclude(status__in=NOT_OWED)
        .order_by("due_at", "pk")
    )
    columns = ("account_id", "external_id", "amount", "currency", "due_at", "status")
    return [
        MissedPayment(account, name, amount, currency, due, status in FAILED)
        for account, name, amount, currency, due, status in rows.values_list(*columns)
    ]


def invoices_owed(names: list[str]) -> set[str]:
    """Which of the invoices named are still owed."""
    rows = Invoice.objects.filter(
        external_id__in=names, superseded_at__isnull=True, paid_at__isnull=True
    ).exclude(status__in=NOT_OWED)
    return set(rows.values_list("external_id", flat=True))
