"""Bulk writes of plans, subscription periods, invoices and costs; one row is a list of one."""

from tenure.contracts.services.invoices import cost_upsert_many, invoice_upsert_many
from tenure.contracts.services.plans import plan_upsert_many
from tenure.contracts.services.subscriptions import subscription_upsert_many

__all__ = [
    "cost_upsert_many",
    "invoice_upsert_many",
    "plan_upsert_many",
    "subscription_upsert_many",
]
