"""Settings: the thresholds of the ladder, and who a change would move."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.relationship.definitions import KEY, shipped
from tenure.relationship.models import Level
from tenure.relationship.services import PreviewRow, ladder_preview, ladder_save
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.definitions.thresholds import LadderForm, filled
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_ladder"
SHOWN = 60


@page(Permission.SEE_SETTINGS)
def ladder(request: HttpRequest) -> HttpResponse:
    """The thresholds as a form; preview and save."""
    kind = KINDS["ladder"]
    body = filled(kind.body(KEY) or {}, shipped())
    form = LadderForm(body, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, **versions_context(kind, KEY)}
    if request.method == "POST":
        try:
            if answer := _act(request, form, context):
                return answer
        except TenureError as error:
            context["problems"] = problems_of(error)
    context["parts"] = list(form.parts())
    return draw(request, SECTION, "ladder", context, 422 if context.get("problems") else 200)


def _act(request: HttpRequest, form: LadderForm, context: dict[str, Any]) -> HttpResponse | None:
    if not form.is_valid():
        context["problems"] = form.problems()
        return None
    user, body = user_of(request), form.definition()
    if request.POST.get("do") == "preview":
        context["moves"] = _moves(ladder_preview(actor=user, body=body))
        return None
    row = ladder_save(actor=user, body=body, note=form.cleaned_data["note"])
    text = _("The ladder is saved as version %(n)s; the next refresh goes by it.")
    messages.success(request, text % {"n": row.version})
    return redirect("settings_ladder")


def _moves(preview: Sequence[PreviewRow]) -> dict[str, Any]:
    counts = Counter((row.now, row.then) for row in preview)
    order = list(Level.values)
    pairs = sorted(counts, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return {
        "pairs": [(old, new, counts[old, new]) for old, new in pairs],
        "rows": preview[:SHOWN],
        "moved": len(preview),
        "cut": len(preview) > SHOWN,
    }
