"""The builder of segments: rows of conditions, a live count, and a preview before saving."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.core.definition_text import body_read, body_text
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.segments.conditions import MODES
from tenure.segments.models import Segment
from tenure.segments.selectors import fields_known, may_edit, members_of
from tenure.segments.selectors.rules import body_of
from tenure.segments.services import segment_create, segment_save
from tenure.segments.shipped import examples
from tenure.web.access import page, user_of
from tenure.web.listing.filters import Filters
from tenure.web.listing.rows import Row, rows_of
from tenure.web.segments.draft import Draft, Fields, acted, draft_of, draft_read
from tenure.web.segments.draft import body_of as body_of_draft
from tenure.web.segments.drawn import Board, Verdict, offers, verdict, verdict_of_body
from tenure.web.segments.from_filters import body_from
from tenure.web.views.segments import segment_or_404
from tenure.web.views.settings.frame import problems_of
from tenure.web.whole import PLACES, whole

MOVED = 20
EMPTY: dict[str, Any] = {"title": "", "all": []}


@dataclass(frozen=True)
class Preview:
    """Who would enter and leave, the first of each, and how many there are."""

    entering: Sequence[Row]
    leaving: Sequence[Row]
    entered: int
    left: int


@page(Permission.WORK_ACCOUNTS)
def segment_new(request: HttpRequest) -> HttpResponse:
    """A new segment: from nothing, from an example, or from the filters of the list."""
    return _builder(request, None)


@page(Permission.WORK_ACCOUNTS)
def segment_edit(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Another version of a segment."""
    found = segment_or_404(request, segment_id)
    if not may_edit(user_of(request), found):
        return _copied(request, found)
    return _builder(request, found)


def _copied(request: HttpRequest, found: Segment) -> HttpResponse:
    messages.info(request, _("You may not change this segment; this is a copy for you."))
    return redirect(f"/accounts/segments/new?like={found.pk}")


def _builder(request: HttpRequest, found: Segment | None) -> HttpResponse:
    known = fields_known()
    visible = accounts_visible(user_of(request))
    focus = 0
    if request.method == "POST":
        do = request.POST.get("do", "")
        draft, focus = acted(draft_read(request.POST, known), do, known)
        if do == "save":
            return _saved(request, found, draft, visible, known)
    else:
        do, draft = "", _begun(request, found)
    return _draw(request, found, draft, visible, known, do=do, focus=focus)


def _begun(request: HttpRequest, found: Segment | None) -> Draft:
    """What the builder opens with."""
    if found is not None:
        return draft_of(body_of(found), shared=found.shared)
    example = examples().get(request.GET.get("example", ""))
    like = whole(request.GET.get("like"))
    if example is not None:
        return draft_of(example)
    if like is not None:
        body = body_of(segment_or_404(request, like))
        return draft_of({**body, "title": _("%(title)s, copy") % {"title": body["title"]}})
    user = user_of(request)
    filters = Filters.read(request.GET, user)
    try:
        return draft_of(body_from(filters, user))
    except TenureError as error:
        messages.error(request, str(error))
        return draft_of(EMPTY)


def _saved(
    request: HttpRequest,
    found: Segment | None,
    draft: Draft,
    visible: QuerySet[Account],
    known: Fields,
) -> HttpResponse:
    user, body = user_of(request), body_of_draft(draft, known)
    try:
        if found is None:
            kept = segment_create(actor=user, body=body, shared=draft.shared, note=draft.note)
        else:
            kept = segment_save(actor=user, segment=found, body=body, note=draft.note).segment
    except TenureError as error:
        return _draw(request, found, draft, visible, known, problems=problems_of(error))
    messages.success(request, _("The segment %(name)s is kept.") % {"name": kept.title})
    return redirect("segment", kept.pk)


def _draw(
    request: HttpRequest,
    found: Segment | None,
    draft: Draft,
    visible: QuerySet[Account],
    known: Fields,
    *,
    do: str = "",
    focus: int = 0,
    problems: Sequence[str] = (),
) -> HttpResponse:
    board = Board(known, visible)
    told = verdict(draft, known, visible) if draft.items else Verdict([])
    context: dict[str, Any] = {
        "segment": found,
        "draft": draft,
        "drawn": board.drawn(draft, focus),
        "offers": board.offers,
        "modes": MODES.items(),
        "verdict": told,
        "problems": problems,
        "preview": _preview(found, told, visible) if do == "preview" else None,
        "refocus": do.startswith("remove:"),
        "act": request.get_full_path(),
    }
    part = request.headers.get("HX-Target", "")
    name = {"builder": "builder", "verdict": "verdict"}.get(part, "edit")
    status = 422 if problems and name == "edit" else 200
    response = render(request, f"pages/segments/{name}.html", context, status=status)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _preview(found: Segment | None, told: Verdict, visible: QuerySet[Account]) -> Preview | None:
    if told.answered is None:
        return None
    then = set(told.answered.members)
    now = set(members_of(found)) if found is not None else set()
    entering, leaving = (
        visible.filter(pk__in=keys).order_by("name") for keys in (then - now, now - then)
    )
    return Preview(
        rows_of(list(entering.values_list("pk", flat=True)[:MOVED])),
        rows_of(list(leaving.values_list("pk", flat=True)[:MOVED])),
        entering.count(),
        leaving.count(),
    )


@page(Permission.WORK_ACCOUNTS)
def segment_fields(request: HttpRequest) -> HttpResponse:
    """The fields that hold the words searched for, as buttons of the builder."""
    within = whole(request.GET.get("within"), PLACES) or 0
    context = {
        "offers": offers(fields_known(), request.GET.get("words", "")[:100]),
        "within": str(within),
    }
    return render(request, "pages/segments/fields.html", context)


@page(Permission.WORK_ACCOUNTS)
def segment_new_text(request: HttpRequest) -> HttpResponse:
    """A new segment from its text."""
    return _as_text(request, None)


@page(Permission.WORK_ACCOUNTS)
def segment_text(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Another version of a segment, as text."""
    found = segment_or_404(request, segment_id)
    if not may_edit(user_of(request), found):
        return _copied(request, found)
    return _as_text(request, found)


def _as_text(request: HttpRequest, found: Segment | None) -> HttpResponse:
    visible = accounts_visible(user_of(request))
    begun = body_of(found) if found is not None else examples()["renews_health_fell"]
    context: dict[str, Any] = {
        "segment": found, "text": body_text(begun), "note": "", "may_edit": True,
        "previews": True, "rows_shown": 22,
    }  # fmt: skip
    if request.method == "POST":
        context |= {
            "text": request.POST.get("text", ""),
            "note": request.POST.get("note", "")[:500],
        }
        try:
            body = body_read(context["text"])
            if request.POST.get("do") == "preview":
                told = verdict_of_body(body, fields_known(), visible)
                context |= {"verdict": told, "preview": _preview(found, told, visible)}
                context["problems"] = told.problems
            else:
                return _text_saved(request, found, body, context["note"])
        except TenureError as error:
            context["problems"] = problems_of(error)
    status = 422 if context.get("problems") else 200
    return render(request, "pages/segments/text.html", context, status=status)


def _text_saved(
    request: HttpRequest, found: Segment | None, body: dict[str, Any], note: str
) -> HttpResponse:
    user = user_of(request)
    if found is None:
        kept = segment_create(actor=user, body=body, note=note)
    else:
        kept = segment_save(actor=user, segment=found, body=body, note=note).segment
    messages.success(request, _("The segment %(name)s is kept.") % {"name": kept.title})
    return redirect("segment", kept.pk)
