"""Errors as sentences: what happened and what to do."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The role does not include the page."""
    text = str(exception or "") or _("Your role does not include this page.")
    advice = _("Ask an administrator for another role if you need it.")
    return render(
        request, "errors/sentence.html", _words(_("Not for your role"), text, advice), status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or an account that is not in the reader's book."""
    reason = exception.args[0] if exception and exception.args else ""
    # Django's own reason names a class, which is nothing to a reader.
    given = isinstance(reason, str) and reason and not reason.endswith("the given query.")
    text = reason if given else _("There is no page at this address.")
    advice = _("Check the address, or go on from the accounts.")
    return render(request, "errors/sentence.html", _words(_("Not found"), text, advice), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed in Tenure itself; drawn without anything that could fail again."""
    text = _("Tenure could not draw this page; the reason is in the server's log.")
    advice = _("Try again; if it stays, tell whoever runs this server.")
    page = get_template("errors/plain.html").render(_words(_("This is our fault"), text, advice))
    return HttpResponseServerError(page)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from one of our pages, or after signing in elsewhere."""
    text = _("This form was not sent from a page that is still current.")
    advice = _("Go back, reload the page and send it again.")
    return render(request, "errors/sentence.html", _words(_("Not sent"), text, advice), status=403)


def _words(title: str, text: str, advice: str) -> dict[str, str]:
    return {"heading": title, "text": text, "advice": advice}
