"""Whose day it is: the reader's own, one person's, or the team's."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible, book_of_keys
from tenure.core.models import User
from tenure.web.listing.filters import Filters, narrowed
from tenure.web.today.findings import GROUPS
from tenure.web.today.since import Since
from tenure.web.whole import whole

STEP, MOST = 30, 300
AT_ONCE = 900


@dataclass(frozen=True)
class Scope:
    """Who asks, for whose accounts, compared with which day, and how many cards.

    `owner`: the key of a person, "none" for accounts without one, "" for all; `group`: only
    tasks, renewals or changes.
    """

    user: User
    sees_all: bool
    since: Since
    owner: str = ""
    group: str = ""
    show: int = STEP

    @classmethod
    def read(cls, user: User, sees_all: bool, query: Mapping[str, str]) -> "Scope":
        """Take what is understood from a query string; a person chooses among what they see."""
        since = Since.read(str(query.get("since", "")))
        owner = Filters.read(query).owner if sees_all else ""
        group, show = str(query.get("only", "")), str(query.get("show", ""))
        size = whole(show, 9_999) or STEP
        return cls(
            user,
            sees_all,
            since,
            owner,
            group if group in GROUPS else "",
            min(max(size, STEP), MOST),
        )

    def accounts(self) -> QuerySet[Account]:
        """The accounts of the page."""
        return self._of_owner if self.owner else self._visible

    def visible(self) -> QuerySet[Account]:
        """All the reader may see."""
        return self._visible

    @cached_property
    def _visible(self) -> QuerySet[Account]:
        if self.sees_all:
            return Account.objects.all()
        return _by_key(accounts_visible(self.user))

    @cached_property
    def _of_owner(self) -> QuerySet[Account]:
        return _by_key(narrowed(self._visible, Filters(owner=self.owner)))

    def person(self) -> User | None:
        """The one whose tasks are shown; None: everybody's."""
        if not self.sees_all:
            return self.user
        return User.objects.filter(pk=whole(self.owner) or 0).first()

    def query(self, **changes: str) -> str:
        """As it stands in an address, with a leading mark; the default of each is left out."""
        chosen = {
            "since": self.since.day.isoformat() if self.since.chosen else "",
            "owner": self.owner,
            "only": self.group,
        } | changes
        text = urlencode({name: value for name, value in chosen.items() if value})
        return f"?{text}" if text else ""


def _by_key(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """A book that is not large, by its keys: so that who owns what is asked only once."""
    keys = list(accounts.values_list("pk", flat=True)[: AT_ONCE + 1])
    return book_of_keys(keys) if len(keys) <= AT_ONCE else accounts
