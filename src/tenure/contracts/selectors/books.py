"""The books of all accounts, for the page Retention's refresh stage."""

from typing import Any

from django.db.models import Count, Max

from tenure.contracts.churn import churn_rule
from tenure.contracts.models import SubscriptionPeriod
from tenure.contracts.selectors.periods import periods_as_known, rates
from tenure.core import clock
from tenure.core.models import CurrencyRate
from tenure.engine.retention import Book, book_of


def book_now() -> Book:
    """The books of all accounts as of now, at today's rates, by the churn rule in force."""
    return book_of(periods_as_known(), clock.now(), rates().on(clock.today()), churn_rule())


def book_marks() -> dict[str, Any]:
    """Changes whenever the books would: the day, the rule, periods and rates."""
    rule = churn_rule()
    told = {"day": clock.today().isoformat(), "contractual_days": rule.contractual_days}
    for name, model in (("periods", SubscriptionPeriod), ("rates", CurrencyRate)):
        counts = model._default_manager.aggregate(
            rows=Count("pk"), gone=Count("superseded_at"), newest=Max("pk")
        )
        told[name] = [counts["rows"], counts["gone"], counts["newest"] or 0]
    return told
