"""Digests: choosing one on the profile, and unsubscribing by the link of a mail."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tenure.core.errors import TenureError
from tenure.core.mail.setup import is_ready
from tenure.core.models import User
from tenure.core.selectors import role_of
from tenure.web.access import page, user_of
from tenure.web.digest.choices import chosen_of, offered
from tenure.web.digest.message import language_of
from tenure.web.digest.services.choice import HOURS, digest_choose, digest_unsubscribe
from tenure.web.digest.tokens import token_read
from tenure.web.models import DigestKind


class DigestForm(forms.Form):
    """Which digest, and when."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Digest"),
        help_text=gettext_lazy(
            "Daily: what the page Today says of your own book. "
            "Weekly, for leaders: what the week did to the company's book."
        ),
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("At"), coerce=int, choices=[(h, f"{h:02d}:00") for h in HOURS]
    )

    def __init__(self, user: User, post: Any = None) -> None:
        chosen = chosen_of(user)
        super().__init__(post, initial={"kind": chosen.kind, "hour": chosen.hour}, prefix="digest")
        kinds = offered(role_of(user))
        self.fields["kind"].choices = [(k.value, k.label) for k in kinds]  # type: ignore[attr-defined]
        self.fields["hour"].help_text = _("By the company's clock: %(zone)s.") % {
            "zone": settings.COMPANY_TIME_ZONE.key
        }


def digest_card(user: User) -> dict[str, Any]:
    """What the card of the profile shows."""
    any_offered = offered(role_of(user)) != [DigestKind.NONE]
    return {
        "digest_ready": is_ready(),
        "digest_form": DigestForm(user) if any_offered else None,
    }


@require_POST
@page()
def profile_digest(request: HttpRequest) -> HttpResponse:
    """Keep which digest the user wants."""
    user = user_of(request)
    form = DigestForm(user, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a digest and an hour of the lists."))
        return redirect("profile")
    try:
        digest_choose(actor=user, **form.cleaned_data)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your digest is saved."))
    return redirect("profile")


@csrf_exempt  # a mail program sends this form without ever having seen the page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to unsubscribe, and do so; whoever holds the link need not sign in."""
    meant = token_read(token)
    if meant is None:
        return _not_ours(request)
    with translation.override(language_of(meant.user)):
        if request.method == "POST":
            digest_unsubscribe(user=meant.user, kind=meant.kind)
            return _shown(request, token, done=True)
        return _shown(request, token, done=chosen_of(meant.user).kind != meant.kind)


def _shown(request: HttpRequest, token: str, *, done: bool) -> HttpResponse:
    return render(request, "pages/unsubscribe.html", {"token": token, "done": done})


def _not_ours(request: HttpRequest) -> HttpResponse:
    words = {
        "heading": _("This link does not unsubscribe anybody"),
        "text": _("It is not complete, or was not made by this Tenure, or its user is gone."),
        "advice": _("Copy the whole link from the mail, or sign in and choose None on Profile."),
    }
    return render(request, "errors/sentence.html", words, status=404)
