"""Bulk writes of accounts, people, memberships and owners, a list of rows each; and of hours."""

from tenure.accounts.services.accounts import account_upsert_many
from tenure.accounts.services.capacity import capacity_set
from tenure.accounts.services.hierarchy import account_link_parents
from tenure.accounts.services.memberships import membership_upsert_many
from tenure.accounts.services.owners import owner_assign
from tenure.accounts.services.people import person_upsert_many

__all__ = [
    "account_link_parents",
    "account_upsert_many",
    "capacity_set",
    "membership_upsert_many",
    "owner_assign",
    "person_upsert_many",
]
