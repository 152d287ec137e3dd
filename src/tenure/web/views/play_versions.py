"""Versions of a play: switched on and off, restored, retired."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays import services
from tenure.web.access import page, user_of
from tenure.web.plays.library import title_of
from tenure.web.views.plays import play_or_404


def _done(request: HttpRequest, key: str, said: str, act: Callable[[], Any]) -> HttpResponse:
    """Carry out a write and tell what came of it."""
    known = play_or_404(key)
    try:
        act()
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said % {"title": title_of(known)})
    return redirect("play", key)


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def play_off(request: HttpRequest, key: str) -> HttpResponse:
    """Let no more accounts enter."""
    said = _("%(title)s is switched off; accounts that are in it go on to their end.")
    actor = user_of(request)
    return _done(request, key, said, lambda: services.play_switch_off(actor=actor, key=key))


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def play_retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take it out of the lists."""
    said = _("%(title)s is retired; all that it did is kept, and a version can be restored.")
    actor = user_of(request)
    return _done(request, key, said, lambda: services.play_retire(actor=actor, key=key))


@require_POST
@page(Permission.EDIT_DEFINITIONS)
def play_restore(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Append a copy of an old version as the newest; what is on stays on."""
    said = _("The old version of %(title)s is the newest again. What is on stays on as it is.")
    actor = user_of(request)
    return _done(
        request, key, said,
        lambda: services.play_restore(actor=actor, key=key, version=number),
    )  # fmt: skip
