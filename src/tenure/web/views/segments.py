"""Segments of accounts: their list, and one with its members, history and versions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.segments import services
from tenure.segments.models import Segment
from tenure.segments.selectors import segment_seen
from tenure.segments.shipped import examples
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.segments.shown import Shown, history_lines, segment_rows


@page(*SEE_ACCOUNTS)
def segments(request: HttpRequest) -> HttpResponse:
    """Every segment the reader may see, with size and movements of the accounts they see."""
    user = user_of(request)
    context = {
        "rows": segment_rows(user, accounts_visible(user)),
        "may_make": allowed(request, Permission.WORK_ACCOUNTS),
        "examples": [(key, body["title"], body["description"]) for key, body in examples().items()],
    }
    return render(request, "pages/segments/index.html", context)


def segment_or_404(request: HttpRequest, segment_id: int, *, retired: bool = False) -> Segment:
    """A segment the reader may see; somebody else's private one is as absent as none."""
    found = segment_seen(user_of(request), segment_id, retired=retired)
    if found is None:
        raise Http404(_("There is no such segment, or it is not shared with you."))
    return found


@page(*SEE_ACCOUNTS)
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """One segment: who belongs, who entered and left, what it says and said."""
    found = segment_or_404(request, segment_id, retired=True)
    user = user_of(request)
    context = {
        "segment": found,
        "shown": Shown(found, user, accounts_visible(user)),
        "may_make": allowed(request, Permission.WORK_ACCOUNTS),
    }
    return render(request, "pages/segments/segment.html", context)


@page(*SEE_ACCOUNTS)
def segment_yaml(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The definition as text, to keep elsewhere or to load into another Tenure."""
    found = segment_or_404(request, segment_id, retired=True)
    text = Shown(found, user_of(request), accounts_visible(user_of(request))).text
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="segment-{found.pk}.yaml"'
    return response


@page(*SEE_ACCOUNTS)
def segment_history(request: HttpRequest, segment_id: int) -> StreamingHttpResponse:
    """Who belonged from when until when, as CSV; of the accounts the reader may see."""
    found = segment_or_404(request, segment_id, retired=True)
    lines = history_lines(found, accounts_visible(user_of(request)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"segment-{found.pk}-history.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _done(
    request: HttpRequest, found: Segment, act: Callable[..., Any], said: str, **more: Any
) -> HttpResponse:
    """Carry out a write and tell what came of it."""
    try:
        act(actor=user_of(request), segment=found, **more)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said % {"name": found.title})
    return redirect("segment", found.pk)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def segment_share(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Show the segment to everybody, or to its owner alone again."""
    found = segment_or_404(request, segment_id)
    shared = request.POST.get("shared") == "yes"
    said = _("Everybody sees %(name)s now.") if shared else _("Only you see %(name)s now.")
    return _done(request, found, services.segment_share, said, shared=shared)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def segment_retire(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Take the segment out of force, or put it in force again."""
    found = segment_or_404(request, segment_id, retired=True)
    if request.POST.get("again") == "yes":
        said = _("%(name)s is in force again.")
        return _done(request, found, services.segment_revive, said)
    said = _("%(name)s is retired; its history stays, and it can be put in force again.")
    return _done(request, found, services.segment_retire, said)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def segment_restore(request: HttpRequest, segment_id: int, number: int) -> HttpResponse:
    """Append a copy of an old version, which makes it the one in force."""
    found = segment_or_404(request, segment_id)
    said = _("The old version of %(name)s is in force again, as a new one.")
    return _done(request, found, services.segment_restore, said, version=number)
