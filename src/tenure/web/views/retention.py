"""The page Retention: who stays, how long, and what becomes of the money."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible, owners_now
from tenure.contracts.models import Plan
from tenure.core.roles import Permission
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.ladder.scope import fingerprint
from tenure.web.retention.choices import COHORTS, GROUPS, LOST, PERIODS, SHOWN, SPLITS, Choices
from tenure.web.retention.contents import Reader, contents_of
from tenure.web.segments import filtering


@page(*SEE_ACCOUNTS)
def retention(request: HttpRequest) -> HttpResponse:
    """Cohorts, curves, the bridge of MRR and its figures, of the accounts the reader may see."""
    choices = Choices.read(request.GET, user_of(request))
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    edits = allowed(request, Permission.SEE_SETTINGS)
    user = user_of(request)
    visible = accounts_visible(user)
    reader = Reader(choices, visible, sees_all, fingerprint(user, choices.scope, sees_all))
    context = {
        "choices": choices,
        "scope": choices.scope,
        "sees_all": sees_all,
        "shown": contents_of(reader, choices),
        "benchmarks_url": reverse("settings_benchmarks") if edits else "",
        "own_segments": filtering.offered(user),
        **_options(sees_all, visible),
    }
    return render(request, "pages/retention/index.html", context)


def _options(sees_all: bool, visible: QuerySet[Account]) -> dict[str, Any]:
    """What the filters and switches offer."""
    segments = visible.exclude(segment="").order_by("segment")
    return {
        "owners": owners_now() if sees_all else None,
        "segments": list(segments.values_list("segment", flat=True).distinct()),
        "tiers": list(Plan.objects.order_by("tier").values_list("tier", flat=True).distinct()),
        "meanings": LOST.items(),
        "cohort_kinds": COHORTS.items(),
        "shares": SHOWN.items(),
        "groups": GROUPS.items(),
        "periods": PERIODS.items(),
        "splits": SPLITS.items(),
    }
