"""Ending the mails of plays by the link of one, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenure.plays.outbox.tokens import token_read
from tenure.plays.running.facts import language_among
from tenure.plays.services.unsubscribing import person_unsubscribe, wants_no_mail


@csrf_exempt  # a mail program sends this form without ever having seen the page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_person(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to send a person no more of these mails, and do so when the form is sent."""
    person = token_read(token)
    if person is None:
        return _not_ours(request)
    with translation.override(language_among(person.language)):
        if request.method == "POST":
            person_unsubscribe(person=person)
        words = {"token": token, "done": wants_no_mail(person)}
        return render(request, "pages/leave_plays.html", words)


def _not_ours(request: HttpRequest) -> HttpResponse:
    words = {
        "heading": _("This link does not unsubscribe anybody"),
        "text": _("It is not complete, or was not made by this Tenure, or its reader is gone."),
        "advice": _("Copy the whole link from the mail, or answer the mail and say so."),
    }
    return render(request, "errors/sentence.html", words, status=404)
