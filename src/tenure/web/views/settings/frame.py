"""What every page under Settings shows around its own part."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.roles import Permission
from tenure.web.access import allowed, page
from tenure.web.definitions.kinds import Kind
from tenure.web.definitions.versions import versions_of

SECTIONS = (
    ("settings_metrics", _("Metrics"), Permission.SEE_SETTINGS),
    ("settings_scorecards", _("Scorecards"), Permission.SEE_SETTINGS),
    ("settings_tiers", _("Tiers"), Permission.SEE_SETTINGS),
    ("settings_ladder", _("Ladder"), Permission.SEE_SETTINGS),
    ("settings_churn", _("Churn"), Permission.SEE_SETTINGS),
    ("settings_forecast", _("Forecast"), Permission.SEE_SETTINGS),
    ("settings_workload", _("Hours"), Permission.SEE_SETTINGS),
    ("settings_advice", _("Advice"), Permission.SEE_SETTINGS),
    ("settings_benchmarks", _("Benchmarks"), Permission.SEE_SETTINGS),
    ("settings_currencies", _("Currencies"), Permission.SEE_SETTINGS),
    ("settings_keys", _("Keys"), Permission.MANAGE_KEYS),
    ("settings_channels", _("Channels"), Permission.MANAGE_KEYS),
    ("settings_users", _("Users"), Permission.MANAGE_USERS),
    ("settings_mail", _("Mail"), Permission.MANAGE_USERS),
    ("settings_audit", _("Audit log"), Permission.MANAGE_USERS),
)


def draw(
    request: HttpRequest, section: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of a section, with the tabs of those the reader may open."""
    tabs = [
        (name, reverse(url), url == section)
        for url, name, permission in SECTIONS
        if allowed(request, permission)
    ]
    context = {
        "may_edit": allowed(request, Permission.EDIT_DEFINITIONS),
        "may_see_keys": allowed(request, Permission.MANAGE_KEYS),
        **context,
        "tabs": tabs,
    }
    return render(request, f"pages/settings/{template}.html", context, status=status)


def versions_context(kind: Kind, key: str) -> dict[str, Any]:
    """The history of a definition, for the card that shows it."""
    return {
        "kind": kind,
        "key": key,
        "versions": versions_of(kind.kind, key, kind.shipped().get(key)),
    }


def problems_of(error: TenureError) -> list[str]:
    """A sentence for each fault."""
    return error.problems if isinstance(error, InvalidDefinition) else [str(error)]


@page(Permission.SEE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """The first section."""
    return redirect("settings_metrics")
