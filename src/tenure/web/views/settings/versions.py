"""Versions of any definition: what changed, going back, retiring."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.core.definition_text import body_text
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS, Kind
from tenure.web.definitions.versions import difference, version_before, versions_of
from tenure.web.views.settings.frame import draw

SECTION = {
    "metric": "settings_metrics",
    "scorecard": "settings_scorecards",
    "ladder": "settings_ladder",
    "churn": "settings_churn",
    "workload": "settings_workload",
    "advice": "settings_advice",
    "benchmarks": "settings_benchmarks",
    "forecast": "settings_forecast",
}


def _kind(kind: str, key: str) -> Kind:
    if kind not in KINDS or not KINDS[kind].exists(key):
        raise Http404(_("There is no such definition."))
    return KINDS[kind]


@page(Permission.SEE_SETTINGS)
def version(request: HttpRequest, kind: str, key: str, number: int) -> HttpResponse:
    """One version: its text, and what it changed."""
    found = _kind(kind, key)
    versions = versions_of(kind, key, found.shipped().get(key))
    shown = next((v for v in versions if v.number == number), None)
    if shown is None:
        raise Http404(_("There is no such version."))
    before = version_before(versions, number)
    now = next((v for v in versions if v.current), None)
    context = {
        "kind": found,
        "key": key,
        "version": shown,
        "before": before,
        "text": body_text(shown.body),
        "changed": difference(before.body, shown.body) if before else [],
        "until_now": difference(shown.body, now.body) if now and now is not shown else [],
        "back": found.page(key),
    }
    return draw(request, SECTION[kind], "version", context)


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def version_restore(request: HttpRequest, kind: str, key: str, number: int) -> HttpResponse:
    """Append a copy of an old version, which makes it the one in force."""
    found = _kind(kind, key)
    try:
        row = found.restore(actor=user_of(request), key=key, version=number)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        text = _("Version %(old)s is in force again, as version %(new)s.")
        messages.success(request, text % {"old": number, "new": row.version})
    return redirect(found.page(key))


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def definition_retire(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Take a definition out of force; its history stays."""
    found = _kind(kind, key)
    if found.retire is None:
        raise Http404(_("This definition cannot be retired."))
    try:
        found.retire(actor=user_of(request), key=key)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("%(key)s is retired; a version can be restored.") % {"key": key}
        )
    return redirect(found.page(key))
