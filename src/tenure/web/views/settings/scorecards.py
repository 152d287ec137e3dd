"""Settings: scorecards, one scorecard, and who a change would move."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenure.core.definition_text import body_read, body_text
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.health.definitions import parse
from tenure.health.models import CurrentHealth
from tenure.health.selectors import scorecards_current
from tenure.health.services import scorecard_preview, scorecard_save
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.definitions.scorecards import audience, metric_titles, moves, weights
from tenure.web.sources.kept import kept
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_scorecards"
EXAMPLE = """title: Small accounts
order: 25
match:
  segment: [Small business]
minimum_coverage: 0.4
bands: {good: 70, fair: 40}
groups:
  - key: usage
    title: Use
    weight: 70
    measures:
      - {metric: active_weeks_share_26, weight: 2, points: [[0.2, 0], [0.75, 65], [1, 100]]}
      - {metric: days_since_active, weight: 1, points: [[3, 100], [10, 60], [30, 0]]}
  - key: support
    title: Support
    weight: 30
    measures:
      - {metric: tickets_open, points: [[0, 100], [3, 60], [8, 0]]}
"""


@page(Permission.SEE_SETTINGS)
def scorecards(request: HttpRequest) -> HttpResponse:
    """Every scorecard in the order in which they are tried."""
    counts = kept("scorecards", _scored)
    titles = metric_titles()
    rows = [
        {
            "definition": one,
            "audience": audience(KINDS["scorecard"].body(one.key) or {}),
            "groups": weights(one, titles),
            "accounts": counts.get(one.key, 0),
        }
        for one in scorecards_current()
    ]
    return draw(request, SECTION, "scorecards", {"rows": rows})


def _scored() -> dict[str, int]:
    """Scorecard → accounts it scores now."""
    rows = CurrentHealth.objects.values("score__scorecard").annotate(n=Count("pk"))
    return {row["score__scorecard"]: row["n"] for row in rows}


@page(Permission.SEE_SETTINGS)
def scorecard(request: HttpRequest, key: str) -> HttpResponse:
    """One scorecard: weights, text, preview, versions."""
    kind = KINDS["scorecard"]
    if not kind.exists(key):
        raise Http404(_("There is no scorecard of this name."))
    body = kind.body(key)
    context: dict[str, Any] = {"retired": body is None, **versions_context(kind, key)}
    shown = body or context["versions"][0].body
    context |= {"text": body_text(shown), "note": "", "previews": True, "rows_shown": 24}
    if request.method == "POST":
        context |= {
            "text": request.POST.get("text", ""),
            "note": request.POST.get("note", "")[:500],
        }
        try:
            shown = body_read(context["text"])
            if answer := _act(request, key, shown, context):
                return answer
        except TenureError as error:
            context["problems"] = problems_of(error)
            shown = body or context["versions"][0].body
    definition = parse(shown, key)
    context |= {
        "definition": definition,
        "groups": weights(definition, metric_titles()),
        "audience": audience(shown),
    }
    return draw(request, SECTION, "scorecard", context, 422 if context.get("problems") else 200)


def _act(
    request: HttpRequest, key: str, body: dict[str, Any], context: dict[str, Any]
) -> HttpResponse | None:
    """Save, or work out the preview into the context."""
    user = user_of(request)
    if request.POST.get("do") == "preview":
        context["moves"] = moves(scorecard_preview(actor=user, key=key, body=body))
        return None
    row = scorecard_save(actor=user, key=key, body=body, note=context["note"])
    text = _("%(key)s is saved as version %(n)s; the next refresh scores by it.")
    messages.success(request, text % {"key": key, "n": row.version})
    return redirect("settings_scorecard", key)


@page(Permission.EDIT_DEFINITIONS)
def scorecard_new(request: HttpRequest) -> HttpResponse:
    """Another scorecard, from an example."""
    context: dict[str, Any] = {
        "text": EXAMPLE,
        "note": "",
        "key": "",
        "previews": True,
        "rows_shown": 24,
    }
    if request.method == "POST":
        context |= {
            "text": request.POST.get("text", ""),
            "note": request.POST.get("note", "")[:500],
            "key": request.POST.get("key", "").strip()[:80],
        }
        try:
            KINDS["scorecard"].refuse_known(context["key"])
            if answer := _act(request, context["key"], body_read(context["text"]), context):
                return answer
        except TenureError as error:
            context["problems"] = problems_of(error)
    return draw(request, SECTION, "scorecard_new", context, 422 if context.get("problems") else 200)
