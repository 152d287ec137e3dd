"""Writes of subscription periods."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from tenure.accounts.facts import account_keys, account_of, fact_values, keys_of
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.contracts.rows import SubscriptionRow
from tenure.core import reasons
from tenure.core.facts import Ledger, RowReject, Values, Written, facts_record, written

COLUMNS = (
    "mrr",
    "seats",
    "interval",
    "term_months",
    "started_at",
    "ended_at",
    "renews_at",
    "auto_renew",
    "is_trial",
    "cancel_notified_at",
    "end_reason",
)
LEDGER = Ledger(
    SubscriptionPeriod,
    key=("external_id", "started_at"),
    born="started_at",
    later={
        "cancel_notified_at": ("cancel_notified_at",),
        "ended_at": ("ended_at", "end_reason"),
    },
)


@transaction.atomic
def subscription_upsert_many(
    *,
    rows: Sequence[SubscriptionRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write periods by subscription id and start; columns not `given` keep their value. A period
    without an end of its own ends where the subscription's next one starts.
    """
    accounts = account_keys(row.account_id for row in rows)
    plans = keys_of(Plan, (row.plan_id for row in rows))
    with_currency = given is None or "currency" in given

    def resolve(index: int, row: SubscriptionRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        values["plan_id"] = plans.get(row.plan_id)
        if with_currency:
            values["currency"] = row.currency or settings.REPORTING_CURRENCY
        if values["plan_id"] is None:
            return RowReject(index, "plan_id", row.plan_id, reasons.NO_PLAN)
        return account_of(accounts, index, row, values)

    facts, refused = fact_values(rows, columns=COLUMNS, given=given, resolve=resolve)
    fresh = {"currency": settings.REPORTING_CURRENCY}
    done = facts_record(ledger=LEDGER, rows=facts, at=at, history=history, fresh=fresh)
    return written(done, refused)
