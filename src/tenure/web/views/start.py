"""The first-run guide: from an empty Tenure to a first useful page, step by step."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.models import ServiceKey
from tenure.core.roles import Permission
from tenure.core.services import key_create
from tenure.web.access import allowed, page, user_of
from tenure.web.sources import identity as ids
from tenure.web.sources.checklist import Check, checklist
from tenure.web.sources.snippets import (
    NO_KEY,
    Snippet,
    event_snippets,
    load_snippet,
    refresh_snippet,
)
from tenure.web.sources.stages import refresh_waits
from tenure.web.views.sources import openable


@page(Permission.SEE_DATA)
def start(request: HttpRequest) -> HttpResponse:
    """Every step with its state; a tracking key is made here and shown this once."""
    secret = _key_made(request) if request.method == "POST" else ""
    checks = openable(request, checklist(ids.matched()))
    first = [check for check in checks if check.first]
    done = sum(check.done for check in first)
    following = next((check.key for check in first if not check.done), "")
    context: dict[str, Any] = {
        "steps": [_shown(request, check, secret) for check in first],
        "further": [_shown(request, check, secret) for check in checks if not check.first],
        "done": done,
        "count": len(first),
        "next": "events" if secret else following,
        "secret": secret,
        "may_make_key": allowed(request, Permission.MANAGE_KEYS),
        "waits": refresh_waits(),
    }
    response = render(request, "pages/start.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _key_made(request: HttpRequest) -> str:
    """A new tracking key; "" when the user may not make one, and a message that says so."""
    try:
        name = _("First events")
        _row, secret = key_create(actor=user_of(request), name=name, scope=ServiceKey.Scope.TRACK)
    except TenureError as error:
        messages.error(request, str(error))
        return ""
    return secret


def _shown(request: HttpRequest, check: Check, secret: str) -> tuple[Check, list[Snippet]]:
    if check.key == "events":
        return check, event_snippets(request.build_absolute_uri("/"), secret or NO_KEY)
    if check.key == "health":
        return check, refresh_snippet()
    return check, load_snippet(check.key)
