"""The renewals of one quarter, a page at a time, each with the call beside the model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import F, FilteredRelation, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.expressions import Expression, OrderBy
from django.db.models.functions import Coalesce, Least, Lower, NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenure.accounts.models import OwnerAssignment
from tenure.core.models import User
from tenure.forecast.models import RenewalCall
from tenure.web.models import Renewal
from tenure.web.renewals.calls import Called, called_of, calls_newest, verdict
from tenure.web.renewals.totals import HALF, Line

PAGE = 50
DOWN, UP = Least(F("downsell"), Value(HALF)), Least(F("upsell"), Value(HALF))
SIZE = 1.0 - DOWN * F("cut") + UP * F("rise")
OWNER = Lower(Coalesce(NullIf("owned__owner__name", Value("")), "owned__owner__email"))


@dataclass(frozen=True)
class Heading:
    """A column that can be sorted by. `down`: descending when first chosen."""

    key: str
    name: Promise
    by: Expression | F
    numeric: bool = True
    down: bool = False


HEADINGS = (
    Heading("account", _("Account"), Lower("account__name"), numeric=False),
    Heading("day", _("Renews"), F("renews_on")),
    Heading("mrr", _("MRR"), F("mrr"), down=True),
    Heading("chance", _("Likely to renew"), F("renew")),
    Heading("risk", _("Expected after"), F("mrr") * (1.0 - F("renew") * SIZE), down=True),
)
BY_OWNER = Heading("owner", _("Owner"), OWNER, numeric=False)
_BY_KEY = {heading.key: heading for heading in (*HEADINGS, BY_OWNER)}


@dataclass(frozen=True)
class RenewalRow:
    """One renewal. `verdict`: how the call differs from the model; `owner`: nobody when None."""

    renewal: Renewal
    owner: User | None
    called: Called | None
    verdict: str

    @property
    def term(self) -> str:
        """How long its term is, in months; "" where that is not known."""
        months = self.renewal.term
        said = ngettext("%(n)s month", "%(n)s months", months or 0)
        return said % {"n": months} if months else ""

    @cached_property
    def line(self) -> Line:
        r = self.renewal
        return Line(
            r.account_id, r.renews_on, r.mrr, r.renew, r.downsell, r.upsell, r.cut, r.rise, r.after
        )

    @property
    def key(self) -> str:
        """Names the row's cell in the page."""
        return f"call-{self.renewal.account_id}-{self.renewal.renews_on.isoformat()}"

    @cached_property
    def expected(self) -> float | None:
        return self.line.expected if self.line.counts else None

    @property
    def change(self) -> float | None:
        """What is expected beyond what is up; below zero where less is."""
        return None if self.expected is None else self.expected - (self.renewal.mrr or 0.0)

    @property
    def owner_short(self) -> str:
        """The name, else the part of the address that tells colleagues apart."""
        if self.owner is None:
            return ""
        return self.owner.name or self.owner.email.partition("@")[0]

    @cached_property
    def state(self) -> str:
        """open, renewed, less, more or lost."""
        r = self.renewal
        if r.after is None or r.mrr is None:
            return "open" if r.after is None else ""
        if not r.after:
            return "lost"
        change = r.after - r.mrr
        return "renewed" if abs(change) < 0.005 else "more" if change > 0 else "less"


def sort_read(text: str) -> tuple[Heading, bool]:
    """The column and direction asked for; by day when there is no such column."""
    key = text.removeprefix("-")
    return (_BY_KEY[key], text.startswith("-")) if key in _BY_KEY else (_BY_KEY["day"], False)


def ordered(renewals: QuerySet[Renewal], heading: Heading, down: bool) -> QuerySet[Renewal]:
    """By a column, those without a value last."""
    if heading.key == "owner":
        current = FilteredRelation("account__owners", condition=Q(account__owners__until=None))
        renewals = renewals.alias(owned=current)
    order = OrderBy(heading.by, descending=down, nulls_last=True)
    return renewals.order_by(order, "renews_on", "account__name", "pk")


def rows_of(renewals: Iterable[Renewal]) -> list[RenewalRow]:
    """The rows of some renewals, read in a fixed number of queries."""
    found = list(renewals)
    keys = [renewal.account_id for renewal in found]
    owners = owners_of(keys)
    days = [renewal.renews_on for renewal in found] or [date.min]
    calls = calls_newest(keys, min(days), max(days))
    prefetch_related_objects(list(calls.values()), "author")
    return [
        _row(renewal, owners.get(renewal.account_id), calls.get((renewal.account_id, day)))
        for renewal, day in zip(found, days, strict=False)
    ]


def _row(renewal: Renewal, owner: User | None, call: RenewalCall | None) -> RenewalRow:
    if call is None:
        return RenewalRow(renewal, owner, None, "")
    called = called_of(call, renewal.mrr)
    return RenewalRow(renewal, owner, called, verdict(called.call, renewal.renew))


def owners_of(accounts: Sequence[int]) -> dict[int, User]:
    """Account → its present owner."""
    rows = OwnerAssignment.objects.filter(account__in=accounts, until__isnull=True)
    return {row.account_id: row.owner for row in rows.select_related("owner")}
