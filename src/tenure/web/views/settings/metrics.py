"""Settings: the catalogue of metrics, and one metric."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenure.core.definition_text import body_read, body_text
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.health.metric_preview import metric_preview
from tenure.metrics.definitions import parse
from tenure.metrics.selectors import catalogue_current
from tenure.metrics.services import metric_save
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.definitions.metrics import (
    how,
    leaning_on,
    rows_of,
    sources_of,
    spread_chart,
    spread_now,
)
from tenure.web.definitions.trial import trial_shown
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_metrics"
EXAMPLE = """key: exports
title: Exports
description: Exports made in the last four weeks.
kind: count
source: events
where: {event: Exported}
window: 4 weeks
unit: exports
higher_is_better: true
"""


@page(Permission.SEE_SETTINGS)
def metrics(request: HttpRequest) -> HttpResponse:
    """Every metric with what it is made of and how its values lie."""
    return draw(request, SECTION, "metrics", {"rows": rows_of(catalogue_current())})


@page(Permission.SEE_SETTINGS)
def metric(request: HttpRequest, key: str) -> HttpResponse:
    """One metric: its values, its text, its versions."""
    kind = KINDS["metric"]
    if not kind.exists(key):
        raise Http404(_("There is no metric of this name."))
    body = kind.body(key)
    context: dict[str, Any] = {"retired": body is None, **versions_context(kind, key)}
    shown = body or context["versions"][0].body
    context |= {"text": body_text(shown), "note": "", "previews": True}
    if request.method == "POST":
        answer = _act(request, key, context)
        if answer is not None:
            return answer
    return draw(
        request,
        SECTION,
        "metric",
        {**context, **_about(key, shown, body is not None)},
        _status(context),
    )


def _status(context: dict[str, Any]) -> int:
    return 422 if context.get("problems") else 200


def _about(key: str, body: dict[str, Any], in_force: bool) -> dict[str, Any]:
    known = parse(body)
    catalogue = catalogue_current()
    spread, as_of = spread_now(key) if in_force else (None, None)
    return {
        "metric": known,
        "how": how(known),
        "sources": sources_of(catalogue, known) if in_force else (),
        "leaning": leaning_on(catalogue, key),
        "spread": spread,
        "as_of": as_of,
        "chart": spread_chart(known, spread),
    }


def _act(request: HttpRequest, key: str, context: dict[str, Any]) -> HttpResponse | None:
    """Save what was sent, or work out into the context what it would change.

    None when there is nothing to go on to: a preview, or faults, which the context then has.
    """
    may = user_of(request)
    context |= {"text": request.POST.get("text", ""), "note": request.POST.get("note", "")[:500]}
    try:
        body = body_read(context["text"])
        if request.POST.get("do") == "preview":
            preview = metric_preview(actor=may, key=key, body=body)
            context["trial"] = trial_shown(preview, parse({**body, "key": key}))
            return None
        row = metric_save(actor=may, key=key, body=body, note=context["note"])
    except TenureError as error:
        context["problems"] = problems_of(error)
        return None
    text = _("%(key)s is saved as version %(n)s; the next refresh computes it.")
    messages.success(request, text % {"key": key, "n": row.version})
    return redirect("settings_metric", key)


@page(Permission.EDIT_DEFINITIONS)
def metric_new(request: HttpRequest) -> HttpResponse:
    """Another metric, from an example."""
    context: dict[str, Any] = {"text": EXAMPLE, "note": "", "problems": [], "previews": True}
    if request.method == "POST":
        key = ""
        try:
            body = body_read(request.POST.get("text", ""))
            key = str(body.get("key", ""))
            KINDS["metric"].refuse_known(key)
        except TenureError as error:
            context |= {"text": request.POST.get("text", ""), "problems": problems_of(error)}
        else:
            answer = _act(request, key, context)
            if answer is not None:
                return answer
    return draw(request, SECTION, "metric_new", context, _status(context))
