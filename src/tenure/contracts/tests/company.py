"""Small makers of accounts, plans and periods for the tests of money."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def account(name: str, parent: Account | None = None) -> Account:
    return Account.objects.create(
        external_id=name, name=name, parent=parent, recorded_at=at("2024-01-01")
    )


def plan(name: str, tier: int = 1) -> Plan:
    made, _ = Plan.objects.get_or_create(
        external_id=name, defaults={"name": name, "tier": tier, "recorded_at": at("2024-01-01")}
    )
    return made


def period(
    of: Account,
    on: Plan,
    subscription: str,
    mrr: str,
    started: str,
    ended: str | None = None,
    *,
    currency: str = "EUR",
    recorded: str = "2024-01-01",
    superseded: str | None = None,
    cancel: str | None = None,
    **terms: Any,
) -> SubscriptionPeriod:
    return SubscriptionPeriod.objects.create(
        account=of,
        plan=on,
        external_id=subscription,
        mrr=Decimal(mrr),
        currency=currency,
        started_at=at(started),
        ended_at=at(ended) if ended else None,
        recorded_at=at(recorded),
        superseded_at=at(superseded) if superseded else None,
        cancel_notified_at=at(cancel) if cancel else None,
        **terms,
    )


def ends(row: SubscriptionPeriod, day: str) -> None:
    SubscriptionPeriod.objects.filter(pk=row.pk).update(ended_at=at(day))
