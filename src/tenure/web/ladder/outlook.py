"""Who is likely to become a client within a year by the forecast, and how many by quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.engine.panel import CLIENT
from tenure.forecast.selectors import ranges_of
from tenure.relationship.models import Level, Standing
from tenure.relationship.texts import clause_name
from tenure.web.ladder.lists import why
from tenure.web.templatetags.formats import month_text

NORMAL_90 = 1.645
LIKELY = 10


@dataclass(frozen=True)
class Quarter:
    """Expected new clients of three months, with the interval in which their number would fall."""

    name: str
    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class Likely:
    """A customer that may become a client. `chance`: within twelve months; `low` and `high` at
    90 %, None where the forecast came without.
    """

    pk: int
    name: str
    mrr: Decimal | None
    chance: float
    low: float | None
    high: float | None
    clause: str
    why: str


@dataclass(frozen=True)
class Outlook:
    """`customers` of them `forecast` have a chance of their own; `year`: all twelve months."""

    customers: int
    forecast: int
    quarters: tuple[Quarter, ...]
    year: Quarter


def outlook(accounts: QuerySet[Account]) -> Outlook | None:
    """Over all customers of the scope; None where nobody was forecast."""
    customers = Standing.objects.filter(account__in=accounts, level=Level.CUSTOMER)
    rows = customers.filter(client_within_year__isnull=False)
    chances: list[Sequence[float]] = list(rows.values_list("client_chances", flat=True))
    if not chances:
        return None
    today = clock.today()
    parts = [[row[0] for row in chances]]
    parts += [
        [later - sooner for sooner, later in zip(*pair, strict=True)]
        for pair in (
            ([row[i] for row in chances], [row[i + 1] for row in chances]) for i in range(3)
        )
    ]
    quarters = tuple(_quarter(_months(today, i), part) for i, part in enumerate(parts))
    year = _quarter(_("In twelve months"), [row[-1] for row in chances])
    return Outlook(customers.count(), len(chances), quarters, year)


def _quarter(name: str, chances: Sequence[float]) -> Quarter:
    """The sum of the chances; its spread as if accounts became clients independently."""
    expected = sum(chances)
    spread = NORMAL_90 * sum(p * (1.0 - p) for p in chances) ** 0.5
    return Quarter(name, expected, max(0, round(expected - spread)), round(expected + spread))


def _months(today: date, index: int) -> str:
    first, last = (_later(today, 3 * index + step) for step in (0, 3))
    return _("%(first)s to %(last)s") % {"first": month_text(first), "last": month_text(last)}


def _later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def likely(accounts: QuerySet[Account]) -> list[Likely]:
    """The customers with the highest chances, and the clause they miss."""
    rows = Standing.objects.filter(account__in=accounts, client_within_year__isnull=False)
    first = list(
        rows.select_related("account", "evaluation").order_by(
            "-client_within_year", "account__name"
        )[:LIKELY]
    )
    keys = [row.account_id for row in first]
    ranges = ranges_of(accounts.filter(pk__in=keys), CLIENT)
    found = ContractState.objects.filter(account__in=keys)
    mrr = dict(found.values_list("account_id", "mrr"))
    return [
        Likely(
            row.account_id,
            row.account.name,
            mrr.get(row.account_id),
            row.client_within_year or 0.0,
            *_ends(ranges.get(row.account_id)),
            clause_name(row.missing_clause) if row.missing_clause else "",
            why(row),
        )
        for row in first
    ]


def _ends(found: tuple[float, float] | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else found
