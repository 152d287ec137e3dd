"""The page Ladder: customers becoming clients."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible, owners_now
from tenure.contracts.models import Plan
from tenure.core.roles import Permission
from tenure.relationship.models import Standing
from tenure.relationship.selectors import (
    CohortConversion,
    conversion,
    locked_in,
    one_clause_away,
    slipping,
)
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.ladder import cohorts, flows, lists, numbers, outlook
from tenure.web.ladder.moves import moves_shown
from tenure.web.ladder.outlook import Likely
from tenure.web.ladder.scope import Scope, fingerprint
from tenure.web.segments import filtering
from tenure.web.sources.kept import cache_key

KEEP_SECONDS = 900


@dataclass(frozen=True)
class Counted:
    """What takes passes over many accounts, and changes only with a refresh or an owner."""

    rungs: list[numbers.Rung]
    crossed: list[numbers.CrossRow]
    steps: list[flows.Step]
    cohorts: list[CohortConversion]
    clauses: list[lists.ClauseCount]
    slipping: dict[str, Any]
    locked_in: dict[str, Any]
    outlook: outlook.Outlook | None
    likely: list[Likely]
    segments: list[str]


@page(*SEE_ACCOUNTS)
def ladder(request: HttpRequest) -> HttpResponse:
    """Counts by level, flow, conversion against expectation, and who is next."""
    scope = Scope.read(request.GET, user_of(request))
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    user = user_of(request)
    visible = accounts_visible(user)
    accounts = scope.accounts(visible)
    counted = _counted(fingerprint(user, scope, sees_all), accounts, visible, scope)
    moves = moves_shown(scope)
    cohort_rows = cohorts.cohort_rows(counted.cohorts, moves.client_share if moves else ())
    steps = counted.steps
    context = {
        "scope": scope,
        "sees_all": sees_all,
        "rungs": counted.rungs,
        "anything": any(rung.accounts for rung in counted.rungs),
        "crossed": counted.crossed,
        "flow": flows.flow_chart(steps),
        "flow_days": [step.start for step in steps] + [step.end for step in steps[-1:]],
        "quarters": flows.quarter_rows(steps),
        "cohorts": cohort_rows,
        "cohort_chart": cohorts.cohort_chart(cohort_rows),
        "segments": counted.segments,
        "own_segments": filtering.offered(user),
        "moves": moves,
        "outlook": counted.outlook,
        "likely": counted.likely,
        **_lists(request, accounts, scope, counted),
        **_options(sees_all),
    }
    return render(request, "pages/ladder/index.html", context)


def _counted(
    key: str, accounts: QuerySet[Account], visible: QuerySet[Account], scope: Scope
) -> Counted:
    """The counts, from the cache while nothing they rest on has changed."""
    name = cache_key("ladder", key, get_language())
    found: Counted | None = cache.get(name)
    if found is None:
        foreseen = outlook.outlook(accounts)
        segments = visible.exclude(segment="").order_by("segment")
        found = Counted(
            rungs=numbers.rungs(accounts, scope),
            crossed=numbers.crossed(accounts, scope),
            steps=flows.flows_now(accounts),
            cohorts=conversion(accounts),
            clauses=lists.clause_counts(accounts),
            slipping=_short(slipping(accounts)),
            locked_in=_short(locked_in(accounts)),
            outlook=foreseen,
            likely=outlook.likely(accounts) if foreseen else [],
            segments=list(segments.values_list("segment", flat=True).distinct()),
        )
        cache.set(name, found, KEEP_SECONDS)
    return found


def _lists(
    request: HttpRequest, accounts: QuerySet[Account], scope: Scope, counted: Counted
) -> dict[str, Any]:
    clause = lists.clause_read(request.GET.get("missing", ""))
    away = _dearest_first(one_clause_away(accounts, clause or None))
    size = sum(c.accounts for c in counted.clauses if not clause or c.clause == clause)
    shown = Known(away, size).get_page(request.GET.get("page"))
    return {
        "clause": clause,
        "clauses": counted.clauses,
        "page": shown,
        "away": lists.listed(shown.object_list) if size else [],
        "slipping": counted.slipping,
        "locked_in": counted.locked_in,
        "slipping_url": scope.link(flag="slipping"),
        "locked_in_url": scope.link(flag="locked_in"),
        "away_url": scope.link(flag="one_away"),
    }


class Known(Paginator[Standing]):
    """Pages of rows whose number is known already."""

    def __init__(self, rows: QuerySet[Standing], size: int) -> None:
        super().__init__(rows, lists.PAGE)
        self.count = size


def _dearest_first(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    return rows.order_by(F("account__contract__mrr").desc(nulls_last=True), "account__name")


def _short(rows: QuerySet[Standing]) -> dict[str, Any]:
    return {"rows": lists.listed(_dearest_first(rows)[: lists.SHORT]), "count": rows.count()}


def _options(sees_all: bool) -> dict[str, Any]:
    """What the filters offer."""
    return {
        "owners": owners_now() if sees_all else None,
        "tiers": list(Plan.objects.order_by("tier").values_list("tier", flat=True).distinct()),
    }
