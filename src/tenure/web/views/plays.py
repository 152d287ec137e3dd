"""Plays: their list, and one with its tabs."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.definition.reading import CATEGORIES
from tenure.plays.definition.writing import play_text
from tenure.plays.selectors import KnownPlay, definition_of, play_known
from tenure.web.access import SEE_ACCOUNTS, allowed, page, role, user_of
from tenure.web.plays.bodies import body_version
from tenure.web.plays.effect import effect_sheet
from tenure.web.plays.few import counted, knows_arms
from tenure.web.plays.held import held_back
from tenure.web.plays.library import (
    STATES,
    Chosen,
    Counts,
    approvals_open,
    counts_of,
    play_rows,
    shelves,
)
from tenure.web.plays.past import past_of, past_told
from tenure.web.plays.runs import NAMED, RunFilters, run_rows, runs_of
from tenure.web.plays.shown import Shown, versions_changed
from tenure.web.whole import whole

PAGE_SIZE, VERSIONS = 50, 99_999
TABS = (
    ("play", gettext_lazy("Steps")),
    ("play_runs", gettext_lazy("Runs")),
    ("play_effect", gettext_lazy("Effect")),
    ("play_held", gettext_lazy("Held back")),
    ("play_versions", gettext_lazy("Versions")),
)


@page(*SEE_ACCOUNTS)
def plays(request: HttpRequest) -> HttpResponse:
    """Every play by category, with what sets it off and the accounts the reader may see."""
    visible = accounts_visible(user_of(request))
    chosen = Chosen.read(request.GET)
    rows = play_rows(visible, role(request), knows=knows_arms(request))
    shown = [row for row in rows if chosen.takes(row)]
    context = {
        "shelves": shelves(shown),
        "count": len(shown),
        "any": bool(rows),
        "chosen": chosen,
        "categories": CATEGORIES.items(),
        "states": STATES.items(),
        "waiting": approvals_open(visible, role(request)).count(),
        "past": () if chosen.is_set else past_told(),
        "may_edit": allowed(request, Permission.EDIT_DEFINITIONS),
        "may_work": allowed(request, Permission.WORK_ACCOUNTS),
    }
    return render(request, "pages/plays/index.html", context)


def play_or_404(key: str) -> KnownPlay:
    """A play there is or was."""
    found = None if "\x00" in key else play_known(key)
    if found is None:
        raise Http404(_("There is no such play."))
    return found


def version_asked(request: HttpRequest, known: KnownPlay) -> int:
    """The version named in the address, else the newest."""
    asked = whole(request.GET.get("version"), VERSIONS)
    return known.newest if asked is None else asked


def shown_version(known: KnownPlay, number: int) -> Shown:
    """A play with a version opened; without a definition where that cannot be read any more."""
    if body_version(known.key, number) is None:
        raise Http404(_("There is no such version."))
    try:
        return Shown(known, definition_of(known.key, number), number)
    except TenureError:
        return Shown(known, None, number)


def frame(request: HttpRequest, key: str, tab: str) -> dict[str, Any]:
    """What every tab of a play shows: its head, the numbers, the tabs."""
    known = play_or_404(key)
    visible = accounts_visible(user_of(request))
    shown = shown_version(known, version_asked(request, known))
    counts = counts_of(visible, key).get(key, Counts())
    return {
        "play": known,
        "shown": shown,
        "counts": counts,
        "held_out": counted(counts.held_out, knows_arms(request)),
        "waiting": approvals_open(visible, role(request)).filter(run__play__key=key).count(),
        "tabs": [(name, reverse(url, args=[key]), url == tab) for url, name in TABS],
        "may_edit": allowed(request, Permission.EDIT_DEFINITIONS),
        "may_work": allowed(request, Permission.WORK_ACCOUNTS),
    }


@page(*SEE_ACCOUNTS)
def play(request: HttpRequest, key: str) -> HttpResponse:
    """The whole play in words."""
    return render(request, "pages/plays/play.html", frame(request, key, "play"))


@page(*SEE_ACCOUNTS)
def play_runs(request: HttpRequest, key: str) -> HttpResponse:
    """Its accounts: those the reader may see, by state."""
    context = frame(request, key, "play_runs")
    chosen = RunFilters.read(request.GET)
    rows = runs_of(key, accounts_visible(user_of(request)), chosen)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {
        "chosen": chosen,
        "states": NAMED,
        "page": shown,
        "rows": run_rows(list(shown.object_list)),
    }
    return render(request, "pages/plays/runs.html", context)


@page(*SEE_ACCOUNTS)
def play_effect(request: HttpRequest, key: str) -> HttpResponse:
    """What it did, measured against those held out."""
    context = frame(request, key, "play_effect")
    shown: Shown = context["shown"]
    number = version_asked(request, context["play"]) if "version" in request.GET else None
    context["effect"] = effect_sheet(context["play"].row, number, knows=knows_arms(request))
    context["before"] = past_of(key)
    context["share"] = shown.definition.share if shown.definition else 0.0
    return render(request, "pages/plays/effect.html", context)


@page(*SEE_ACCOUNTS)
def play_held(request: HttpRequest, key: str) -> HttpResponse:
    """How often it was set off, and what held it back."""
    context = frame(request, key, "play_held")
    context["held"] = held_back(key, knows=knows_arms(request))
    return render(request, "pages/plays/held.html", context)


@page(*SEE_ACCOUNTS)
def play_versions(request: HttpRequest, key: str) -> HttpResponse:
    """Every version with what it changed."""
    context = frame(request, key, "play_versions")
    context["versions"] = versions_changed(context["play"])
    return render(request, "pages/plays/versions.html", context)


@page(*SEE_ACCOUNTS)
def play_yaml(request: HttpRequest, key: str) -> HttpResponse:
    """A version as text, to keep elsewhere or to load into another Tenure."""
    known = play_or_404(key)
    body = body_version(key, version_asked(request, known))
    if body is None:
        raise Http404(_("There is no such version."))
    response = HttpResponse(play_text(key, body), content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="play-{known.key}.yaml"'
    return response
