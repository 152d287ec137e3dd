"""The page Ladder: customers becoming clients."""

from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.contracts.models import Plan
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.relationship.models import Standing
from tenure.relationship.selectors import conversion, locked_in, one_clause_away, slipping
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.ladder import cohorts, flows, lists, numbers
from tenure.web.ladder.scope import Scope, fingerprint
from tenure.web.sources.kept import cache_key

KEEP_SECONDS = 900


@page(*SEE_ACCOUNTS)
def ladder(request: HttpRequest) -> HttpResponse:
    """Counts by level, flow, conversion against expectation, and who is next."""
    scope = Scope.read(request.GET)
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    user = user_of(request)
    accounts = scope.accounts(accounts_visible(user))
    steps, by_cohort = _slow(user, scope, sees_all, accounts)
    cohort_rows = cohorts.cohort_rows(by_cohort)
    context = {
        "scope": scope,
        "sees_all": sees_all,
        "rungs": numbers.rungs(accounts, scope),
        "crossed": numbers.crossed(accounts, scope),
        "flow": flows.flow_chart(steps),
        "flow_days": [step.start for step in steps] + [step.end for step in steps[-1:]],
        "quarters": flows.quarter_rows(steps),
        "cohorts": cohort_rows,
        "cohort_chart": cohorts.cohort_chart(cohort_rows),
        **_lists(request, accounts, scope),
        **_options(user, sees_all),
    }
    context["anything"] = any(rung.accounts for rung in context["rungs"])
    return render(request, "pages/ladder/index.html", context)


def _slow(
    user: User, scope: Scope, sees_all: bool, accounts: QuerySet[Account]
) -> tuple[list[flows.Step], Any]:
    """What takes a pass over every change and contract; kept until a refresh changes it."""
    key = cache_key("ladder", fingerprint(user, scope, sees_all))
    kept = cache.get(key)
    if kept is None:
        kept = (flows.flows_now(accounts), conversion(accounts))
        cache.set(key, kept, KEEP_SECONDS)
    return kept  # type: ignore[no-any-return]


def _lists(request: HttpRequest, accounts: QuerySet[Account], scope: Scope) -> dict[str, Any]:
    clause = lists.clause_read(request.GET.get("missing", ""))
    away = _dearest_first(one_clause_away(accounts, clause or None))
    shown = Paginator(away, lists.PAGE).get_page(request.GET.get("page"))
    return {
        "clause": clause,
        "clauses": lists.clause_counts(accounts),
        "page": shown,
        "away": lists.listed(shown.object_list),
        "slipping": _short(_dearest_first(slipping(accounts))),
        "locked_in": _short(_dearest_first(locked_in(accounts))),
        "slipping_url": scope.link(flag="slipping"),
        "locked_in_url": scope.link(flag="locked_in"),
        "away_url": scope.link(flag="one_away"),
    }


def _dearest_first(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    return rows.order_by(F("account__contract__mrr").desc(nulls_last=True), "account__name")


def _short(rows: QuerySet[Standing]) -> dict[str, Any]:
    return {"rows": lists.listed(rows[: lists.SHORT]), "count": rows.count()}


def _options(user: User, sees_all: bool) -> dict[str, Any]:
    """What the filters offer; only what the reader's own accounts have."""
    segments = accounts_visible(user).exclude(segment="").values_list("segment", flat=True)
    owners = (
        list(User.objects.filter(book__until__isnull=True).order_by("name", "email").distinct())
        if sees_all
        else None
    )
    return {
        "segments": list(segments.order_by("segment").distinct()),
        "owners": owners,
        "tiers": list(Plan.objects.order_by("tier").values_list("tier", flat=True).distinct()),
    }
