"""The shape of accounts, people and memberships as senders give them, ids being the sender's."""

from datetime import datetime
from typing import Any

import msgspec


class AccountRow(msgspec.Struct, frozen=True):
    """One account. `custom` holds values by field name; None takes a custom field away."""

    id: str
    name: str
    domain: str = ""
    parent_id: str = ""
    industry: str = ""
    country: str = ""
    language: str = ""
    employees: int | None = None
    segment: str = ""
    csm_email: str = ""
    created_at: datetime | None = None
    custom: dict[str, Any] = {}


class PersonRow(msgspec.Struct, frozen=True):
    """One person; `account_id` is the short form of one undated membership."""

    id: str
    email: str = ""
    name: str = ""
    title: str = ""
    role: str = ""
    language: str = ""
    phone: str = ""
    consent_at: datetime | None = None
    created_at: datetime | None = None
    account_id: str = ""
    custom: dict[str, Any] = {}


class MembershipRow(msgspec.Struct, frozen=True):
    """A person in an account for a time; without a role, the person's own role holds."""

    person_id: str
    account_id: str
    role: str = ""
    since: datetime | None = None
    until: datetime | None = None


class OwnerRow(msgspec.Struct, frozen=True):
    """Who owns an account from `since` (now when left out); no address ends the ownership."""

    account_id: str
    csm_email: str = ""
    since: datetime | None = None
