"""The preview of a version: what it would have done over 90 days; from here it is switched on."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.definition.shape import Definition
from tenure.plays.models import PlayPreview
from tenure.plays.preview.shape import Totals
from tenure.plays.selectors.previews import Preview
from tenure.plays.services import play_switch_on
from tenure.plays.services.previews import preview_ask
from tenure.web.access import SEE_ACCOUNTS, page, user_of
from tenure.web.plays.bodies import body_version
from tenure.web.plays.few import counted, knows_arms
from tenure.web.plays.library import title_of
from tenure.web.plays.preview import Rows, by_reason, charts, preview_for
from tenure.web.views.plays import frame, play_or_404, shown_version, version_asked
from tenure.web.views.settings.frame import problems_of

PAGE_SIZE = 100
State = PlayPreview.State
AT_WORK = (State.WAITING, State.RUNNING)
MOVING = "preview-moving"


@page(*SEE_ACCOUNTS)
def play_preview(request: HttpRequest, key: str) -> HttpResponse:
    """How far it is, and then its totals and who would get what, day by day."""
    context = frame(request, key, "")
    found = preview_for(key, _body(key, context["shown"].number))
    at_work = found is not None and found.state in AT_WORK
    context |= {"preview": found, "at_work": at_work}
    if found is not None and found.totals is not None and context["shown"].definition:
        context |= _told(request, found, found.totals, context["shown"].definition)
    part = request.headers.get("HX-Target") == MOVING
    name = "preview_moving" if part and at_work else "preview"
    response = render(request, f"pages/plays/{name}.html", context)
    if part and not at_work:
        response.headers["HX-Refresh"] = "true"
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _body(key: str, number: int) -> dict[str, Any]:
    return body_version(key, number) or {}


def _told(
    request: HttpRequest, found: Preview, totals: Totals, definition: Definition
) -> dict[str, Any]:
    rows = Rows(found, definition, _accounts(request), arms=knows_arms(request))
    shown = Paginator(range(len(rows)), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "totals": totals,
        "held_out": counted(totals.held_out, knows_arms(request)),
        "charts": charts(totals),
        "refused": by_reason(totals.refused),
        "held_back": by_reason(totals.held_back),
        "page": shown,
        "rows": rows[max(shown.start_index() - 1, 0) : shown.end_index()],
        "words": request.GET.get("q", "")[:100],
    }


def _accounts(request: HttpRequest) -> QuerySet[Account]:
    """Accounts the reader may see whose name holds the words asked for."""
    visible = accounts_visible(user_of(request))
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    return visible.filter(name__icontains=words) if words else visible


def _address(key: str, number: int) -> str:
    return f"{reverse('play_preview', args=[key])}?version={number}"


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def preview_make(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Have it worked out in the background."""
    shown_version(play_or_404(key), number)
    try:
        preview_ask(actor=user_of(request), key=key, body=_body(key, number))
    except TenureError as error:
        for problem in problems_of(error):
            messages.error(request, problem)
    return redirect(_address(key, number))


@page(*SEE_ACCOUNTS)
def preview_csv(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """The rows as CSV; of accounts the reader may see."""
    known = play_or_404(key)
    shown = shown_version(known, version_asked(request, known))
    found = preview_for(key, _body(key, shown.number))
    if found is None or found.totals is None or shown.definition is None:
        raise Http404(_("There is no preview of this version."))
    rows = Rows(found, shown.definition, _accounts(request), arms=knows_arms(request))
    response = StreamingHttpResponse(rows.csv_lines(), content_type="text/csv; charset=utf-8")
    name = f"preview-{known.key}-{shown.number}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def play_on(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Let accounts enter a version; only from the page of its own preview, once that is done."""
    known = play_or_404(key)
    shown_version(known, number)
    found = preview_for(key, _body(key, number))
    seen = request.POST.get("preview", "")
    if found is None or found.totals is None or seen != str(found.key):
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
