"""Bulk writes of accounts, people, memberships and owners; one row is a list of one."""

from tenure.accounts.services.accounts import account_upsert_many
from tenure.accounts.services.hierarchy import account_link_parents
from tenure.accounts.services.memberships import membership_upsert_many
from tenure.accounts.services.owners import owner_assign
from tenure.accounts.services.people import person_upsert_many

__all__ = [
    "account_link_parents",
    "account_upsert_many",
    "membership_upsert_many",
    "owner_assign",
    "person_upsert_many",
]
