"""The preview of a version: what it would have done over 90 days; from here it is switched on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.models import PlayPreview
from tenure.plays.services.definitions import play_switch_on
from tenure.web.access import SEE_ACCOUNTS, page, user_of
from tenure.web.plays.library import title_of
from tenure.web.views.plays import frame, play_or_404
from tenure.web.views.settings.frame import problems_of

PAGE_SIZE = 100
State = PlayPreview.State
AT_WORK = (State.WAITING, State.RUNNING)


def preview_of(key: str, number: int) -> PlayPreview | None:
    """The newest preview of a version."""
    return PlayPreview.objects.filter(key=key, version=number).order_by("-asked_at").first()


@page(*SEE_ACCOUNTS)
def play_preview(request: HttpRequest, key: str) -> HttpResponse:
    """How far it is, and then its totals and who would get what, day by day."""
    context = frame(request, key, "")
    found = preview_of(key, context["shown"].number)
    context |= {"preview": found, "at_work": found is not None and found.state in AT_WORK}
    moving = request.headers.get("HX-Target") == "preview-moving" and context["at_work"]
    name = "preview_moving" if moving else "preview"
    response = render(request, f"pages/plays/{name}.html", context)
    if request.headers.get("HX-Target") == "preview-moving" and not moving:
        response.headers["HX-Refresh"] = "true"
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _address(key: str, number: int) -> str:
    return f"{reverse('play_preview', args=[key])}?version={number}"


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def play_on(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Let accounts enter a version; only from the page of its own preview, once that is done."""
    known = play_or_404(key)
    found = preview_of(key, number)
    seen = found is not None and found.state == State.DONE
    if found is None or not seen or request.POST.get("preview") != str(found.pk):
        messages.error(request, _("Look at the preview of this very version first."))
        return redirect(_address(key, number))
    try:
        made = play_switch_on(actor=user_of(request), key=key, version=number)
    except TenureError as error:
        for problem in problems_of(error):
            messages.error(request, problem)
        return redirect(_address(key, number))
    said = _("%(title)s is on: accounts enter version %(n)s from now on.")
    messages.success(request, said % {"title": title_of(known), "n": made.running})
    return redirect("play", key)
