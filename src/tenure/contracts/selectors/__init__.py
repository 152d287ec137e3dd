"""Reads of contracts and the money numbers derived from them."""

from tenure.contracts.churn import churn_rule
from tenure.contracts.selectors.books import book_marks, book_now
from tenure.contracts.selectors.costs import Spend, spend_by_month
from tenure.contracts.selectors.money import (
    changes_of,
    family,
    family_roots,
    movements,
    mrr_history,
    mrr_of,
    mrr_rolled_up,
    retention,
    retention_series,
    unconverted,
    unit_economics,
)
from tenure.contracts.selectors.payments import (
    MissedPayment,
    invoices_owed,
    payments_missed,
)
from tenure.contracts.selectors.periods import moment_of, parents, periods_as_known, rates
from tenure.contracts.selectors.seats import seats_weekly
from tenure.contracts.selectors.state import RenewalDue, churned_on, renewals_between, state_of

__all__ = [
    "MissedPayment",
    "RenewalDue",
    "Spend",
    "book_marks",
    "book_now",
    "changes_of",
    "churn_rule",
    "churned_on",
    "family",
    "family_roots",
    "invoices_owed",
    "moment_of",
    "movements",
    "mrr_history",
    "mrr_of",
    "mrr_rolled_up",
    "parents",
    "payments_missed",
    "periods_as_known",
    "rates",
    "renewals_between",
    "retention",
    "retention_series",
    "seats_weekly",
    "spend_by_month",
    "state_of",
    "unconverted",
    "unit_economics",
]
