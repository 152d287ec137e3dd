"""Writes of invoices and costs."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from tenure.accounts.facts import account_keys, account_of, fact_values
from tenure.contracts.models import Cost, Invoice
from tenure.contracts.rows import CostRow, InvoiceRow
from tenure.core.facts import Ledger, RowReject, Values, Written, facts_record, written

INVOICES = Ledger(
    Invoice, key=("external_id",), born="issued_at", later={"paid_at": ("paid_at", "status")}
)
COSTS = Ledger(Cost, key=("month",), born="month")


@transaction.atomic
def invoice_upsert_many(
    *,
    rows: Sequence[InvoiceRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write invoices by their ids; columns not `given` keep their value."""
    accounts = account_keys(row.account_id for row in rows)

    def resolve(index: int, row: InvoiceRow, values: Values) -> RowReject | None:
        values["external_id"] = row.id
        if given is None or "currency" in given:
            values["currency"] = row.currency or settings.REPORTING_CURRENCY
        return account_of(accounts, index, row, values)

    columns = ("amount", "issued_at", "due_at", "paid_at", "status")
    facts, refused = fact_values(rows, columns=columns, given=given, resolve=resolve)
    fresh = {"currency": settings.REPORTING_CURRENCY}
    done = facts_record(ledger=INVOICES, rows=facts, at=at, history=history, fresh=fresh)
    return written(done, refused)


@transaction.atomic
def cost_upsert_many(
    *,
    rows: Sequence[CostRow],
    given: Collection[str] | None = None,
    at: datetime | None = None,
    history: bool = False,
) -> Written:
    """Write a month's costs, the month named by its first day."""

    def resolve(index: int, row: CostRow, values: Values) -> RowReject | None:
        values["month"] = row.month.replace(day=1)
        return None

    columns = ("acquisition", "retention")
    facts, refused = fact_values(rows, columns=columns, given=given, resolve=resolve)
    return written(facts_record(ledger=COSTS, rows=facts, at=at, history=history), refused)
