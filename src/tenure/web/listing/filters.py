"""What the list of accounts is narrowed to, read from the query string; nonsense is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, OwnerAssignment
from tenure.core import clock
from tenure.core.models import User
from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.web.segments import filtering
from tenure.web.whole import whole

RENEWALS: dict[str, Promise] = {
    "30": _("in 30 days"),
    "60": _("in 60 days"),
    "90": _("in 90 days"),
    "180": _("in 180 days"),
    "past": _("overdue"),
    "none": _("no renewal date"),
}
FLAGS: dict[str, Promise] = {
    "slipping": _("slipping"),
    "one_away": _("one clause away"),
    "locked_in": _("locked in"),
    "quiet": _("quiet for 30 days"),
    "notice": _("notice given"),
    "trial": _("on trial"),
    "unconverted": _("no currency rate"),
}
CHANCES = ("5", "10", "20", "30", "50", "75")
"""Per cent from which on an account is listed, of leaving and of becoming a client."""
FIELDS = (
    "q", "owner", "segment", "tier", "plan", "level", "band", "renews", "flag",
    "mrr_min", "mrr_max", "risk", "client",
)  # fmt: skip
FOLDED = ("segment", "plan", "tier", "flag", "mrr_min", "mrr_max", "risk", "client")


@dataclass(frozen=True)
class Filters:
    """The filters as given; an empty string leaves a filter off."""

    q: str = ""
    owner: str = ""
    segment: str = ""
    tier: str = ""
    plan: str = ""
    level: str = ""
    band: str = ""
    renews: str = ""
    flag: str = ""
    mrr_min: str = ""
    mrr_max: str = ""
    risk: str = ""
    client: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], reader: User | None = None) -> "Filters":
        """Take what is understood from a query string, and of segments what `reader` may see."""
        given = {
            name: str(query.get(name, "")).strip().replace("\x00", "")[:200] for name in FIELDS
        }
        for name in ("tier", "plan"):
            given[name] = given[name] if _is_key(given[name]) else ""
        if given["owner"] != "none" and not _is_key(given["owner"]):
            given["owner"] = ""
        for name, known in (("level", Level.values), ("band", Band.values)):
            given[name] = given[name] if given[name] in [*known, "none"] else ""
        given["segment"] = filtering.read(given["segment"], reader)
        given["renews"] = given["renews"] if given["renews"] in RENEWALS else ""
        given["flag"] = given["flag"] if given["flag"] in FLAGS else ""
        for name in ("mrr_min", "mrr_max"):
            given[name] = given[name] if _amount(given[name]) is not None else ""
        for name in ("risk", "client"):
            given[name] = given[name] if given[name] in CHANCES else ""
        return cls(**given)

    @property
    def is_set(self) -> bool:
        return any(getattr(self, name) for name in FIELDS)

    @property
    def more_set(self) -> bool:
        """Whether one of the filters that are folded away is on."""
        return any(getattr(self, name) for name in FOLDED)


def _is_key(text: str) -> bool:
    return whole(text) is not None


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 12 else None


def narrowed(accounts: QuerySet[Account], filters: Filters) -> QuerySet[Account]:
    """The accounts that pass every filter."""
    for condition in (
        _search(filters.q), _owner(filters.owner), _attributes(filters), _standing(filters),
        _renewal(filters.renews), _flag(filters.flag), _mrr(filters),
        _chances(filters),
    ):  # fmt: skip
        if condition:
            accounts = accounts.filter(condition)
    return accounts


def _search(text: str) -> Q:
    if not text:
        return Q()
    return Q(name__icontains=text) | Q(domain__icontains=text) | Q(external_id__iexact=text)


def _owner(owner: str) -> Q:
    if not owner:
        return Q()
    owned = OwnerAssignment.objects.filter(account=OuterRef("pk"), until__isnull=True)
    if owner == "none":
        return Q(~Exists(owned))
    return Q(Exists(owned.filter(owner=int(owner))))


def _attributes(filters: Filters) -> Q:
    found = Q()
    if filters.segment:
        found &= filtering.narrowing(filters.segment)
    if filters.tier:
        found &= Q(contract__tier=int(filters.tier))
    if filters.plan:
        found &= Q(contract__plan=int(filters.plan))
    return found


def _standing(filters: Filters) -> Q:
    found = Q()
    if filters.level:
        none = filters.level == "none"
        found &= Q(standing__isnull=True) if none else Q(standing__level=filters.level)
    if filters.band:
        none = filters.band == "none"
        found &= Q(health__isnull=True) if none else Q(health__band=filters.band)
    return found


def _renewal(renews: str) -> Q:
    now = clock.now()
    if not renews:
        return Q()
    if renews == "none":
        return Q(contract__renews_at__isnull=True)
    if renews == "past":
        return Q(contract__renews_at__lt=now)
    until = now + timedelta(days=int(renews))
    return Q(contract__renews_at__gte=now, contract__renews_at__lt=until)


def _flag(flag: str) -> Q:
    quiet = Q(snapshot__last_active_at__lt=clock.now() - timedelta(days=30))
    conditions = {
        "slipping": Q(standing__slipping=True),
        "one_away": Q(standing__missing_clause__gt=""),
        "locked_in": Q(standing__locked_in=True),
        "quiet": quiet,
        "notice": Q(contract__cancel_notified_at__isnull=False),
        "trial": Q(contract__is_trial=True),
        "unconverted": Q(contract__unconverted__gt=""),
    }
    return conditions.get(flag, Q())


def _mrr(filters: Filters) -> Q:
    found = Q()
    least, most = _amount(filters.mrr_min), _amount(filters.mrr_max)
    if least is not None:
        found &= Q(contract__mrr__gte=least)
    if most is not None:
        found &= Q(contract__mrr__lte=most)
    return found


def _chances(filters: Filters) -> Q:
    found = Q()
    if filters.risk:
        found &= Q(foresight__churn__gte=int(filters.risk) / 100)
    if filters.client:
        found &= Q(standing__client_within_year__gte=int(filters.client) / 100)
    return found
