"""The shape of plans, subscriptions, invoices and costs as senders give them."""

from datetime import date, datetime
from decimal import Decimal

import msgspec


class PlanRow(msgspec.Struct, frozen=True):
    """A plan; `tier` ranks it, 0 being free or a trial."""

    id: str
    name: str
    tier: int
    interval: str = ""
    list_price: Decimal | None = None
    currency: str = ""
    is_top_tier: bool = False


class SubscriptionRow(msgspec.Struct, frozen=True):
    """A period of unchanged terms of the subscription `id`; `mrr` is normalised to a month."""

    id: str
    account_id: str
    plan_id: str
    mrr: Decimal
    started_at: datetime
    currency: str = ""
    seats: int | None = None
    interval: str = ""
    term_months: int | None = None
    ended_at: datetime | None = None
    renews_at: datetime | None = None
    auto_renew: bool | None = None
    is_trial: bool = False
    cancel_notified_at: datetime | None = None
    end_reason: str = ""


class InvoiceRow(msgspec.Struct, frozen=True):
    """An invoice."""

    id: str
    account_id: str
    amount: Decimal
    currency: str = ""
    issued_at: datetime | None = None
    due_at: datetime | None = None
    paid_at: datetime | None = None
    status: str = ""


class CostRow(msgspec.Struct, frozen=True):
    """What a month (its first day) cost, in the reporting currency."""

    month: date
    acquisition: Decimal | None = None
    retention: Decimal | None = None
