"""Who is one clause away, slipping or locked in."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.relationship.models import Standing
from tenure.relationship.selectors import one_clause_away
from tenure.relationship.texts import NAMES, clause_name, clause_sentence
from tenure.web.templatetags.formats import day_text

SHORT = 8
PAGE = 15


@dataclass(frozen=True)
class Listed:
    """One account of a list, with the sentence that says why it is there."""

    pk: int
    name: str
    level: str
    mrr: Decimal | None
    why: str
    clause: str = ""


@dataclass(frozen=True)
class ClauseCount:
    """How many accounts miss just this clause."""

    clause: str
    name: str
    accounts: int


def clause_counts(accounts: QuerySet[Account]) -> list[ClauseCount]:
    """The clauses that somebody misses alone, the commonest first."""
    rows = (
        one_clause_away(accounts)
        .order_by()
        .values("missing_clause")
        .annotate(n=Count("pk"))
        .order_by("-n", "missing_clause")
    )
    return [
        ClauseCount(r["missing_clause"], clause_name(r["missing_clause"]), r["n"]) for r in rows
    ]


def clause_read(text: str) -> str:
    """A clause as named in a query string; "" when there is none of that name."""
    return text if text in NAMES else ""


def listed(standings: Iterable[Standing]) -> list[Listed]:
    """The rows of a list; one query for the MRR of all."""
    rows = list(standings)
    found = ContractState.objects.filter(account__in=[row.account_id for row in rows])
    mrr = dict(found.values_list("account_id", "mrr"))
    return [
        Listed(
            pk=row.account_id,
            name=row.account.name,
            level=row.level,
            mrr=mrr.get(row.account_id),
            why=why(row),
            clause=clause_name(row.missing_clause) if row.missing_clause else "",
        )
        for row in rows
    ]


def why(standing: Standing) -> str:
    """The evidence of the clause that is missing, or of the one that fails first."""
    clauses = standing.evaluation.clauses
    named = _missing(standing.missing_clause) or _failing(clauses)
    told = [
        clause_sentence(key, clauses[key][1] or {}, day_text) for key in named if key in clauses
    ]
    return " ".join(sentence for sentence in told if sentence)


def _missing(clause: str) -> list[str]:
    return ["C3", "C4"] if clause == "C3/4" else [clause] if clause else []


def _failing(clauses: dict[str, Any]) -> list[str]:
    wanted = ("C5", "C6", "C2", "C1", "C3", "C4")
    return [c for c in wanted if clauses.get(c, ["yes"])[0] == "no"][:1]
