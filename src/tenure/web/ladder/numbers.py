"""Counts and MRR by level, and level by tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tenure.accounts.models import Account
from tenure.relationship.models import Level, Standing
from tenure.relationship.selectors import level_by_tier
from tenure.web.ladder.scope import Scope


@dataclass(frozen=True)
class Rung:
    """One level: accounts, their share of all, their MRR, and how many stand on it unsteadily."""

    level: str
    accounts: int
    share: float | None
    mrr: Decimal | None
    slipping: int
    url: str


@dataclass(frozen=True)
class Cell:
    """A number of accounts, its share of its row, and where they are listed."""

    accounts: int
    share: float
    url: str


@dataclass(frozen=True)
class CrossRow:
    """One tier and the levels of its accounts."""

    name: str
    cells: tuple[Cell, ...]
    accounts: int


def rungs(accounts: QuerySet[Account], scope: Scope) -> list[Rung]:
    """The levels from the top down; every level is there."""
    rows = (
        Standing.objects.filter(account__in=accounts)
        .values("level")
        .annotate(
            n=Count("pk"),
            mrr=Sum("account__contract__mrr"),
            slipping=Count("pk", filter=Q(slipping=True)),
        )
    )
    found = {row["level"]: row for row in rows}
    total = sum(row["n"] for row in found.values())
    order = (Level.ADVOCATE, Level.CLIENT, Level.CUSTOMER, Level.PROSPECT, Level.FORMER)
    return [_rung(level, found.get(level), total, scope) for level in order]


def _rung(level: Level, row: Mapping[str, Any] | None, total: int, scope: Scope) -> Rung:
    found = row or {"n": 0, "mrr": None, "slipping": 0}
    return Rung(
        level=level.value,
        accounts=found["n"],
        share=found["n"] / total if total else None,
        mrr=found["mrr"],
        slipping=found["slipping"],
        url=scope.link(level=level.value),
    )


def crossed(accounts: QuerySet[Account], scope: Scope) -> list[CrossRow]:
    """Levels by tier of the plan, highest tier first; accounts without a subscription last."""
    table = level_by_tier(accounts)
    tiers = {tier for by_tier in table.values() for tier in by_tier}
    known = sorted((t for t in tiers if t is not None), reverse=True)
    return [_cross_row(table, tier, scope) for tier in [*known, *([None] if None in tiers else [])]]


def _cross_row(table: dict[str, dict[int | None, int]], tier: int | None, scope: Scope) -> CrossRow:
    counts = {level: table[level].get(tier, 0) for level in Level.values}
    total = sum(counts.values())
    name = _("no subscription") if tier is None else pgettext("plan", "Tier %(n)s") % {"n": tier}
    cells = tuple(
        Cell(n, n / total if total else 0.0, _cell_url(scope, level, tier) if n else "")
        for level, n in counts.items()
    )
    return CrossRow(name, cells, total)


def _cell_url(scope: Scope, level: str, tier: int | None) -> str:
    if tier is None:
        return scope.link(level=level)
    return scope.without("tier").link(level=level, tier=str(tier))
