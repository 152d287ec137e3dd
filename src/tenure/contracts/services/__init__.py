"""Bulk writes of plans, subscription periods, invoices and costs; and a plan set by hand."""

from tenure.contracts.services.invoices import cost_upsert_many, invoice_upsert_many
from tenure.contracts.services.plans import plan_upsert_many
from tenure.contracts.services.subscriptions import subscription_upsert_many
from tenure.contracts.services.tiers import plan_set

__all__ = [
    "cost_upsert_many",
    "invoice_upsert_many",
    "plan_set",
    "plan_upsert_many",
    "subscription_upsert_many",
]
