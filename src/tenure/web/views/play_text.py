"""Plays as text: one edited as YAML, and one imported from what was pasted or from a file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.roles import Permission
from tenure.plays.definition.writing import LONGEST, play_read, play_text
from tenure.plays.selectors import KnownPlay, play_known
from tenure.plays.services import play_save
from tenure.segments.selectors import fields_of_plays
from tenure.web.access import page, user_of
from tenure.web.plays.bodies import RESERVED, body_newest
from tenure.web.plays.verdict import verdict_of
from tenure.web.views.play_edit import saved_words
from tenure.web.views.plays import play_or_404
from tenure.web.views.settings.frame import problems_of

MOST_BYTES = 4 * LONGEST


@page(Permission.EDIT_DEFINITIONS)
def play_as_text(request: HttpRequest, key: str) -> HttpResponse:
    """Another version of a play, as text."""
    found = play_or_404(key)
    return _editor(request, found, play_text(key, body_newest(found)))


@page(Permission.EDIT_DEFINITIONS)
def play_import(request: HttpRequest) -> HttpResponse:
    """A play from text that was pasted, or from a file."""
    return _editor(request, None, "")


def _editor(request: HttpRequest, found: KnownPlay | None, begun: str) -> HttpResponse:
    context: dict[str, Any] = {
        "play": found, "text": begun, "note": "", "base": found.newest if found else 0,
    }  # fmt: skip
    if request.method == "POST":
        context["note"] = request.POST.get("note", "")[:500]
        try:
            context["text"] = _sent(request)
            key, body = _read(context["text"], found)
            if answer := _acted(request, key, body, context):
                return answer
        except TenureError as error:
            context["problems"] = problems_of(error)
    status = 422 if context.get("problems") else 200
    return render(request, "pages/plays/text.html", context, status=status)


def _acted(
    request: HttpRequest, key: str, body: dict[str, Any], context: dict[str, Any]
) -> HttpResponse | None:
    """Save what was read, or put into the context what it comes to or why it was not saved."""
    if request.POST.get("do") == "check":
        visible = accounts_visible(user_of(request))
        context["verdict"] = verdict_of(key, body, fields_of_plays(), visible)
        context["problems"] = context["verdict"].problems
        return None
    known = play_known(key)
    newest = known.newest if known else 0
    if request.POST.get("base", "") != str(newest):
        context |= {"base": newest, "problems": [_overtaken(key, newest)]}
        return None
    row = play_save(actor=user_of(request), key=key, body=body, note=context["note"])
    messages.success(request, saved_words(row.version))
    return redirect("play", row.key)


def _overtaken(key: str, newest: int) -> str:
    return _(
        "The newest version of the play %(key)s is %(n)s. Yours is not saved yet: saving again "
        "keeps it as a newer version of that play."
    ) % {"key": key, "n": newest}


def _sent(request: HttpRequest) -> str:
    """The text of the file, else what was pasted."""
    sent = request.FILES.get("file")
    if sent is None:
        return request.POST.get("text", "")
    if (sent.size or 0) > MOST_BYTES:
        raise InvalidDefinition([_("The file is too large for a play; choose another.")])
    try:
        text: str = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDefinition([_("The file is no text in UTF-8; save it as such.")]) from error
    return text


def _read(text: str, found: KnownPlay | None) -> tuple[str, dict[str, Any]]:
    key, body = play_read(text)
    if found is not None and key != found.key:
        said = _("The text is of the play %(key)s; this is %(own)s. Import it instead.")
        raise InvalidDefinition([said % {"key": repr(key), "own": found.key}])
    if key in RESERVED:
        said = _("%(key)s cannot be a play's key here; use another.")
        raise InvalidDefinition([said % {"key": repr(key)}])
    return key, body
