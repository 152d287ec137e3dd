"""How much each table holds and how fresh it is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.intake import selectors
from tenure.intake.models import LoadedTable
from tenure.web.sources.kept import kept


@dataclass(frozen=True)
class Source:
    """A table of the files: its name and what it is good for."""

    key: str
    name: Promise
    use: Promise


SOURCES = (
    Source("accounts", _("Accounts"), _("everything")),
    Source("people", _("People"), _("breadth, the people of an account")),
    Source("memberships", _("Memberships"), _("who decides, sponsors, champions")),
    Source("plans", _("Plans"), _("tiers")),
    Source(
        "subscriptions",
        _("Subscriptions"),
        _("MRR, renewals, length of time"),
    ),
    Source("invoices", _("Invoices"), _("payment delay")),
    Source("events", _("Events"), _("usage, health, living relationship")),
    Source("touchpoints", _("Touchpoints"), _("two-way contact, sentiment")),
    Source("tickets", _("Tickets"), _("ticket load, satisfaction")),
    Source(
        "survey_answers",
        _("Survey answers"),
        _("attitude: NPS, CSAT, CES"),
    ),
    Source("outcomes", _("Outcomes"), _("the outcome an account wants")),
    Source("advocacy", _("Advocacy"), _("who recommends us")),
    Source("plays_log", _("Plays log"), _("effects of past actions")),
    Source("costs", _("Costs"), _("cost of winning and of keeping")),
)


@dataclass(frozen=True)
class Freshness:
    """One table: rows that count now, its newest fact, when Tenure last learned something."""

    key: str
    name: Promise
    use: Promise
    rows: int
    newest: datetime | None
    learned: datetime | None
    loaded: datetime | None


def freshness() -> list[Freshness]:
    """Every table of the contract, empty ones too."""
    held: dict[str, selectors.Freshness] = kept("tables", _held)
    loads = {
        row["table"]: row["at"]
        for row in LoadedTable.objects.values("table").annotate(at=Max("load__started_at"))
    }
    return [_line(source, held.get(source.key), loads.get(source.key)) for source in SOURCES]


def _held() -> dict[str, selectors.Freshness]:
    return {row.table: row for row in selectors.freshness()}


def _line(source: Source, held: selectors.Freshness | None, loaded: datetime | None) -> Freshness:
    if held is None:
        return Freshness(source.key, source.name, source.use, 0, None, None, loaded)
    return Freshness(
        source.key, source.name, source.use, held.rows, held.newest, held.learned, loaded
    )
