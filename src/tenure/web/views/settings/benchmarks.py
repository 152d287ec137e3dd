"""Settings: what other companies are said to reach, shown beside the company's own figures."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenure.contracts.benchmarks import KEY, benchmarks_save
from tenure.core.definition_text import body_read, body_text
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_benchmarks"


@page(Permission.SEE_SETTINGS)
def benchmarks(request: HttpRequest) -> HttpResponse:
    """The benchmarks as text, and their versions."""
    kind = KINDS["benchmarks"]
    context: dict[str, Any] = {
        "text": body_text(kind.body(KEY) or {}),
        "note": "",
        "rows_shown": 30,
        **versions_context(kind, KEY),
    }
    if request.method == "POST":
        context |= {
            "text": request.POST.get("text", ""),
            "note": request.POST.get("note", "")[:500],
        }
        try:
            body = body_read(context["text"])
            row = benchmarks_save(actor=user_of(request), body=body, note=context["note"])
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            messages.success(
                request, _("The benchmarks are saved as version %(n)s.") % {"n": row.version}
            )
            return redirect("settings_benchmarks")
    return draw(request, SECTION, "benchmarks", context, 422 if context.get("problems") else 200)
