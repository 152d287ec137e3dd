"""The editor of plays: a form whose every state is sent along, so that nothing is lost."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.models import KeptDraft
from tenure.plays.selectors import KnownPlay
from tenure.plays.services import play_save
from tenure.plays.services.drafts import draft_discard, draft_keep, draft_kept
from tenure.segments.conditions import MODES
from tenure.segments.selectors import fields_of_plays
from tenure.web.access import page, user_of
from tenure.web.plays.bodies import body_newest, key_free, language_written
from tenure.web.plays.draft import Fields, PlayDraft, draft_read
from tenure.web.plays.drawn import Desk
from tenure.web.plays.moves import acted, drafted
from tenure.web.plays.parts import KINDS
from tenure.web.plays.stored import body_of, draft_of
from tenure.web.plays.verdict import Verdict, verdict_of
from tenure.web.views.plays import play_or_404
from tenure.web.views.settings.frame import problems_of

EMPTY: dict[str, Any] = {"trigger": {"on": "enters"}, "steps": []}
NEW, LONGEST, CSRF = "new:", 100, "csrfmiddlewaretoken"
PARTS_OF_PAGE = {"builder": "builder", "verdict": "verdict"}


@page(Permission.EDIT_DEFINITIONS)
def play_new(request: HttpRequest) -> HttpResponse:
    """A new play: from nothing, or from one there is."""
    return _editor(request, None)


@page(Permission.EDIT_DEFINITIONS)
def play_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another version of a play."""
    return _editor(request, play_or_404(key))


def _editor(request: HttpRequest, found: KnownPlay | None) -> HttpResponse:
    known, do = fields_of_plays(), request.POST.get("do", "")
    begun = _begun(request, found)
    if request.method != "POST":
        kept = draft_kept(user_of(request), _place(request, found))
        if kept is not None:
            return _draw(request, found, drafted(kept, known), known, kept=kept)
        return _draw(request, found, begun, known)
    if do == "discard":
        draft_discard(actor=user_of(request), key=_place(request, found))
        return redirect(request.get_full_path())
    draft, focus = acted(
        draft_read(request.POST, known), do, lambda name: request.POST.get(name, ""), known
    )
    _keep(request, found, changed=body_of(draft, known) != body_of(begun, known))
    if do == "save":
        return _saved(request, found, draft, known)
    return _draw(request, found, draft, known, focus=focus, checked=do == "check")


def _place(request: HttpRequest, found: KnownPlay | None) -> str:
    """Under which key a draft is kept: the play's, or what a new one was begun from."""
    return found.key if found else f"{NEW}{request.GET.get('from', '')}"[:LONGEST]


def _keep(request: HttpRequest, found: KnownPlay | None, *, changed: bool) -> None:
    """Keep the form as it was sent, with the button that was pressed; nothing where it is as
    it was opened.
    """
    user, key = user_of(request), _place(request, found)
    if not changed and not request.POST.get("note"):
        draft_discard(actor=user, key=key)
        return
    form = {name: request.POST.getlist(name) for name in request.POST if name != CSRF}
    draft_keep(actor=user, key=key, form=form)


def _begun(request: HttpRequest, found: KnownPlay | None) -> PlayDraft:
    """What the editor opens with."""
    if found is not None:
        body = body_newest(found)
        return draft_of(body, base=found.newest, language=language_written(body))
    like = request.GET.get("from", "")
    body = body_newest(play_or_404(like)) if like else EMPTY
    return draft_of(body, language=language_written(body))


def _saved(
    request: HttpRequest, found: KnownPlay | None, draft: PlayDraft, known: Fields
) -> HttpResponse:
    body = body_of(draft, known)
    if found is not None and draft.base < found.newest:
        told = [_overtaken(found)]
        return _draw(request, found, replace(draft, base=found.newest), known, problems=told)
    try:
        key = found.key if found else key_free(body.get("title"))
        row = play_save(actor=user_of(request), key=key, body=body, note=draft.note)
    except TenureError as error:
        return _draw(request, found, draft, known, problems=problems_of(error))
    draft_discard(actor=user_of(request), key=_place(request, found))
    messages.success(request, saved_words(row.version))
    return redirect("play", row.key)


def saved_words(version: int) -> str:
    """What is said of a version that was saved."""
    text = _("Version %(n)s is saved. Accounts enter it once it is switched on.")
    return text % {"n": version}


def _overtaken(found: KnownPlay) -> str:
    return _(
        "While you wrote, %(who)s saved version %(n)s. Yours is not saved yet: saving again "
        "keeps it as a newer one; the differences are then shown among the versions."
    ) % {"who": found.saved_by or "Tenure", "n": found.newest}


def _draw(
    request: HttpRequest,
    found: KnownPlay | None,
    draft: PlayDraft,
    known: Fields,
    *,
    focus: int = 0,
    checked: bool = False,
    problems: Sequence[str] = (),
    kept: KeptDraft | None = None,
) -> HttpResponse:
    visible = accounts_visible(user_of(request))
    key = found.key if found else ""
    begun = bool(draft.steps) or any(draft.sections[1].given.get("title@" + draft.language, ()))
    told = verdict_of(key, body_of(draft, known), known, visible) if begun else Verdict([])
    problems = problems or (told.problems if checked else ())
    desk = Desk(draft, known, visible, key=key, problems=problems, focus=focus)
    context: dict[str, Any] = {
        "play": found,
        "draft": draft,
        "desk": desk,
        "offers": desk.board.offers,
        "modes": MODES.items(),
        "kinds": [(kind, str(name)) for kind, name in KINDS.items()],
        "verdict": told,
        "problems": problems,
        "base": draft.base,
        "begun_from": request.GET.get("from", ""),
        "act": request.get_full_path(),
        "kept": kept,
    }
    name = PARTS_OF_PAGE.get(request.headers.get("HX-Target", ""), "edit")
    status = 422 if problems and name == "edit" else 200
    response = render(request, f"pages/plays/{name}.html", context, status=status)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response
