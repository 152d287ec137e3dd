"""Which accounts the page counts: what the reader may see, narrowed by the query string."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from tenure.accounts.models import Account
from tenure.accounts.selectors import owners_mark
from tenure.core.models import StageRun, User
from tenure.web.listing.filters import Filters, narrowed
from tenure.web.segments import filtering

KEPT = ("segment", "owner", "tier")


@dataclass(frozen=True)
class Scope:
    """Segment, owner and tier, as given; "" leaves one off."""

    segment: str = ""
    owner: str = ""
    tier: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], reader: User | None = None) -> "Scope":
        """Take what is understood from a query string, and of segments what `reader` may see."""
        given = Filters.read(query, reader)
        return cls(*(getattr(given, name) for name in KEPT))

    @property
    def is_set(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def accounts(self, visible: QuerySet[Account]) -> QuerySet[Account]:
        """The accounts counted, out of those the reader may see."""
        return narrowed(visible, Filters(**{name: getattr(self, name) for name in KEPT}))

    def link(self, **more: str) -> str:
        """The address of the same accounts on the page Accounts, narrowed further."""
        chosen = {name: getattr(self, name) for name in KEPT} | more
        text = urlencode({name: value for name, value in chosen.items() if value})
        return f"{reverse('accounts')}?{text}" if text else reverse("accounts")

    def without(self, name: str) -> "Scope":
        """The scope with one filter off, for links that set it themselves."""
        return replace(self, **{name: ""})


def fingerprint(user: User, scope: Scope, sees_all: bool) -> str:
    """Changes whenever a number of the page may have: the refreshes, the owners, who asks."""
    last_run = StageRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    whose = "all" if sees_all else f"u{user.pk}"
    known = (whose, last_run, *owners_mark())
    return repr((*known, filtering.mark(scope.segment), scope.owner, scope.tier))
