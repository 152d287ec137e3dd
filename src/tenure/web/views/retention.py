"""The page Retention: who stays, how long, and what becomes of the money."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tenure.accounts.selectors import accounts_visible
from tenure.contracts.benchmarks import benchmarks_are_shipped
from tenure.contracts.models import Plan
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.engine.retention import month_begin, month_number
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.retention.beside import figures_of
from tenure.web.retention.books import Kept, kept_now, narrowed
from tenure.web.retention.bridging import bridge_shown, window_of
from tenure.web.retention.choices import COHORTS, GROUPS, LOST, PERIODS, SHOWN, SPLITS, Choices
from tenure.web.retention.curves import curves_of
from tenure.web.retention.economy import economy_of
from tenure.web.retention.heat import heat_of
from tenure.web.retention.monthly import monthly_of
from tenure.web.retention.words import month_name

MONTHS_OFFERED = 60


@page(*SEE_ACCOUNTS)
def retention(request: HttpRequest) -> HttpResponse:
    """Cohorts, curves, the bridge of MRR and its figures, of the accounts the reader may see."""
    choices = Choices.read(request.GET)
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    visible = accounts_visible(user_of(request))
    kept = kept_now(choices.lost)
    if kept is not None:
        kept = narrowed(kept, choices.scope, visible, sees_all)
    anything = kept is not None and len(kept.book.spells.account) > 0
    whole = sees_all and not choices.scope.is_set
    context = {
        "choices": choices,
        "scope": choices.scope,
        "sees_all": sees_all,
        "kept": kept,
        "benchmarks_url": reverse("settings_benchmarks")
        if allowed(request, Permission.SEE_SETTINGS)
        else "",
        "anything": anything,
        **(_shown(kept, choices, whole) if kept is not None and anything else {}),
        **_options(sees_all, visible),
    }
    return render(request, "pages/retention/index.html", context)


def _shown(kept: Kept, choices: Choices, whole: bool) -> dict[str, Any]:
    monthly = monthly_of(kept, choices.split)
    economy = economy_of(kept) if whole else None
    return {
        "bridge": bridge_shown(kept, window_of(choices, kept.book.as_of)),
        "monthly": monthly,
        "heat": heat_of(kept, choices),
        "curves": curves_of(kept, choices.group),
        "economy": economy,
        "whole": whole,
        "figures": figures_of(monthly.year, economy),
        "shipped": benchmarks_are_shipped(),
        "months": _months(kept),
    }


def _months(kept: Kept) -> list[tuple[str, str]]:
    """The months a period may begin and end with, newest first."""
    running = month_number(kept.book.as_of)
    return [
        (f"{month_begin(month):%Y-%m}", month_name(month))
        for month in range(running, running - MONTHS_OFFERED, -1)
    ]


def _options(sees_all: bool, visible: Any) -> dict[str, Any]:
    """What the filters and switches offer."""
    owners = User.objects.filter(book__until__isnull=True).order_by("name", "email").distinct()
    segments = visible.exclude(segment="").order_by("segment")
    return {
        "owners": list(owners) if sees_all else None,
        "segments": list(segments.values_list("segment", flat=True).distinct()),
        "tiers": list(Plan.objects.order_by("tier").values_list("tier", flat=True).distinct()),
        "meanings": LOST.items(),
        "cohort_kinds": COHORTS.items(),
        "shares": SHOWN.items(),
        "groups": GROUPS.items(),
        "periods": PERIODS.items(),
        "splits": SPLITS.items(),
    }
