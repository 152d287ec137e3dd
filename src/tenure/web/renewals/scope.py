"""Which renewals the page shows: what the reader may see, narrowed by the query string."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.models import User
from tenure.forecast.models import RenewalCall
from tenure.web.ladder.scope import Scope, fingerprint
from tenure.web.models import Renewal
from tenure.web.renewals.calls import called_only

TERMS: dict[str, Promise] = {
    "year": _("a year"),
    "short": _("shorter than a year"),
    "long": _("longer than a year"),
}
_TERM = {"year": Q(term=12), "short": Q(term__lt=12), "long": Q(term__gt=12)}
CALLED: dict[str, Promise] = {"none": _("without a call"), "some": _("with a call")}


@dataclass(frozen=True)
class RenewalScope:
    """Segment, owner, tier, term and whether a call was made, as given; "" leaves one off."""

    scope: Scope
    term: str = ""
    called: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], reader: User | None = None) -> "RenewalScope":
        """Take what is understood from a query string, and of segments what `reader` may see."""
        term, called = str(query.get("term", "")), str(query.get("called", ""))
        return cls(
            Scope.read(query, reader),
            term if term in TERMS else "",
            called if called in CALLED else "",
        )

    @property
    def is_set(self) -> bool:
        return self.scope.is_set or bool(self.term or self.called)

    @property
    def query(self) -> str:
        """As it stands in an address, without a leading mark."""
        chosen = {
            "segment": self.scope.segment,
            "owner": self.scope.owner,
            "tier": self.scope.tier,
            "term": self.term,
            "called": self.called,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

    def renewals(self, visible: QuerySet[Account], sees_all: bool) -> QuerySet[Renewal]:
        """The renewals of terms longer than a month, out of those the reader may see."""
        found = self._of_accounts(Renewal.objects.filter(monthly=False), visible, sees_all)
        if self.term:
            found = found.filter(_TERM[self.term])
        return called_only(found, self.called == "some") if self.called else found

    def monthly(self, visible: QuerySet[Account], sees_all: bool) -> QuerySet[Renewal]:
        """The rows of monthly terms; of them no calls are made."""
        return self._of_accounts(Renewal.objects.filter(monthly=True), visible, sees_all)

    def _of_accounts(
        self, rows: QuerySet[Renewal], visible: QuerySet[Account], sees_all: bool
    ) -> QuerySet[Renewal]:
        if sees_all and not self.scope.is_set:
            return rows
        return rows.filter(account__in=self.scope.accounts(visible))

    def mark(self, user: User, sees_all: bool) -> str:
        """Changes whenever a sum of the page may have; with a call only if the filter asks."""
        made = Renewal.objects.values_list("made_at", flat=True).first()
        newest = None
        if self.called:
            newest = RenewalCall.objects.order_by("-pk").values_list("pk", flat=True).first()
        known = fingerprint(user, self.scope, sees_all)
        return repr((known, self.query, newest, made, clock.today()))
