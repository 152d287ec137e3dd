"""The columns of the list of accounts: how each is named, sorted, shown and exported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, FilteredRelation, FloatField, Q, QuerySet, Value, When
from django.db.models.expressions import Expression, OrderBy
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Lower, NullIf
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from tenure.accounts.models import Account
from tenure.relationship.models import Level
from tenure.relationship.texts import clause_name
from tenure.web.listing.rows import Row
from tenure.web.templatetags import formats, kit

DASH = formats.DASH
RANK = {level: rank for rank, level in enumerate(Level.values)}


@dataclass(frozen=True)
class Column:
    """`sort`: what to order by; `cell`: for the page; `text`: for the export, unformatted."""

    key: str
    name: Promise
    sort: Expression | F
    cell: Callable[[Row], Any]
    text: Callable[[Row], Any]
    numeric: bool = False
    shown: bool = True
    first_down: bool = False


def _level(row: Row) -> SafeString | str:
    standing = row.standing
    if standing is None:
        return DASH
    drawn = [kit.level_badge(standing.level)]
    if standing.slipping:
        drawn.append(kit.pill(_("slipping"), "fair"))
    if standing.locked_in:
        drawn.append(kit.pill(_("locked in"), "poor"))
    if standing.missing_clause:
        drawn.append(
            kit.pill(_("missing: %(c)s") % {"c": clause_name(standing.missing_clause)}, "info")
        )
    return format_html(
        '<div class="tn-pills">{}</div>', format_html_join(" ", "{}", ((part,) for part in drawn))
    )


def _health(row: Row) -> SafeString | str:
    if row.health is None:
        return DASH
    return kit.health_pill(row.health.value, row.health.band, row.health.change_30d)


def _spark(row: Row) -> SafeString | str:
    return kit.sparkline(row.snapshot.spark if row.snapshot else [], _("Active people"))


def _mrr(row: Row) -> SafeString | str:
    if row.contract is None:
        return DASH
    if row.contract.mrr is None and row.contract.unconverted:
        return format_html(
            '<span title="{}">{}</span>',
            _("There is no rate for this currency."),
            row.contract.unconverted,
        )
    return formats.money(row.contract.mrr)


def _plan_cell(row: Row) -> SafeString:
    return format_html('<span class="tn-clip" title="{0}">{0}</span>', _plan(row))


def _plan(row: Row) -> str:
    plan = row.contract.plan if row.contract else None
    return plan.name if plan else DASH


def _of(part: str, field: str) -> Callable[[Row], Any]:
    return lambda row: getattr(getattr(row, part), field, None)


def _metric(key: str, name: Promise, show: Callable[[Any], str] = formats.plain) -> Column:
    value = Cast(KeyTextTransform(key, "snapshot__values"), FloatField())
    return Column(
        f"m.{key}", name, value, lambda row: show(row.metric(key)), lambda row: row.metric(key),
        numeric=True, shown=False, first_down=True,
    )  # fmt: skip


def _owner(row: Row) -> SafeString | str:
    """The name, else the part of the address that tells colleagues apart."""
    if row.owner is None:
        return DASH
    short = row.owner.name or row.owner.email.partition("@")[0]
    return format_html('<span class="tn-clip" title="{}">{}</span>', row.owner.email, short)


def _risk(row: Row) -> SafeString | str:
    """The chance of leaving, with its horizon; its interval and day where one points at it."""
    said = row.foresight
    if said is None:
        return DASH
    told = {
        "low": formats.share(said.low), "high": formats.share(said.high), "h": said.horizon,
        "day": formats.day_text(said.as_of),
    }  # fmt: skip
    title = _("Within %(h)s months: %(low)s to %(high)s, as known on %(day)s") % told
    return format_html('<span title="{}">{}</span>', title, formats.share(said.churn))


OWNER = Lower(Coalesce(NullIf("owned__owner__name", Value("")), "owned__owner__email"))
LEVEL = Case(*[When(standing__level=level, then=Value(rank)) for level, rank in RANK.items()])


def _field(
    key: str,
    name: Promise,
    part: str,
    field: str,
    show: Callable[[Any], Any] = lambda value: value or DASH,
    **looks: bool,
) -> Column:
    """A column of one field of one part of the row."""
    value = _of(part, field)
    lookup = field if part == "account" else f"{part}__{field}"
    return Column(key, name, F(lookup), lambda row: show(value(row)), value, **looks)


LEVEL_COLUMN = Column(
    "level", _lazy("Level"), LEVEL, _level, _of("standing", "level"), first_down=True
)
HEALTH_COLUMN = Column(
    "health", _lazy("Health"), F("health__value"), _health, _of("health", "value"), first_down=True
)
MRR_COLUMN = Column(
    "mrr", _lazy("MRR"), F("contract__mrr"), _mrr, _of("contract", "mrr"),
    numeric=True, first_down=True,
)  # fmt: skip
RISK_COLUMN = Column(
    "risk", _lazy("Churn risk"), F("foresight__churn"), _risk, _of("foresight", "churn"),
    numeric=True, shown=False, first_down=True,
)  # fmt: skip
SPARK_COLUMN = Column(
    "spark", _lazy("Active people"), F("snapshot__active_people"), _spark,
    _of("snapshot", "active_people"), first_down=True,
)  # fmt: skip
OWNER_COLUMN = Column(
    "owner", _lazy("Owner"), OWNER, _owner, lambda r: r.owner.email if r.owner else None,
)  # fmt: skip
NUMBER: dict[str, bool] = {"numeric": True, "shown": False}
COLUMNS = {
    column.key: column
    for column in (
        LEVEL_COLUMN,
        HEALTH_COLUMN,
        _field(
            "change", _lazy("Change in 30 days"), "health", "change_30d", formats.signed, **NUMBER
        ),
        MRR_COLUMN,
        SPARK_COLUMN,
        RISK_COLUMN,
        _field(
            "client_chance", _lazy("Client within a year"), "standing", "client_within_year",
            formats.share, **NUMBER, first_down=True,
        ),
        _field("renews", _lazy("Renews"), "contract", "renews_at", formats.day, numeric=True),
        _field(
            "active", _lazy("Last active"), "snapshot", "last_active_at", formats.ago,
            numeric=True, first_down=True,
        ),
        OWNER_COLUMN,
        Column("plan", _lazy("Plan"), F("contract__plan__name"), _plan_cell, _plan, shown=False),
        _field("tier", pgettext_lazy("plan", "Tier"), "contract", "tier", formats.number, **NUMBER),
        _field("segment", _lazy("Segment"), "account", "segment", shown=False),
        _field("since", _lazy("Level since"), "standing", "since", formats.day, **NUMBER),
        _field("paying", _lazy("Paying since"), "contract", "paying_since", formats.day, **NUMBER),
        _field("seats", _lazy("Seats"), "contract", "seats", formats.number, **NUMBER),
        _field("country", _lazy("Country"), "account", "country", shown=False),
        _field("industry", _lazy("Industry"), "account", "industry", shown=False),
        _metric("seat_share", _lazy("Share of seats used"), formats.share),
        _metric("usage_vs_baseline", _lazy("Usage against own baseline")),
        _metric("feature_breadth", _lazy("Features used")),
        _metric("stickiness", _lazy("Stickiness"), formats.share),
        _metric("tickets_open", _lazy("Open tickets")),
        _metric("nps_180d", _lazy("NPS, 180 days")),
        _metric("csat_90d", _lazy("CSAT, 90 days")),
        _metric("two_way_days", _lazy("Days since two-way contact")),
        _metric("payment_delay_days", _lazy("Payment delay in days")),
    )
}  # fmt: skip
DEFAULT_SORT = "-mrr"


def chosen(keys: list[str]) -> list[Column]:
    """The columns asked for in their standing order, or those shown by default."""
    wanted = [column for key, column in COLUMNS.items() if key in keys]
    return wanted or [column for column in COLUMNS.values() if column.shown]


def sort_of(text: str) -> tuple[str, bool]:
    """The column and direction asked for; the default when there is no such column."""
    key = text.removeprefix("-")
    if key in COLUMNS or key == "name":
        return key, text.startswith("-")
    return DEFAULT_SORT.removeprefix("-"), True


def ordered(accounts: QuerySet[Account], key: str, down: bool) -> QuerySet[Account]:
    """The accounts by a column, those without a value last, ties by name."""
    by: Expression | F = Lower("name") if key == "name" else COLUMNS[key].sort
    if key == "owner":
        current = FilteredRelation("owners", condition=Q(owners__until__isnull=True))
        accounts = accounts.alias(owned=current)
    order = OrderBy(by, descending=down, nulls_last=True)
    return accounts.order_by(order, "name", "pk")
