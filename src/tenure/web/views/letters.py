"""Letters: those to be sent, one of them, several to print."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.definition.shape import words_in
from tenure.plays.merging import PLACES, Missing
from tenure.plays.models import Letter
from tenure.plays.services import letters as services
from tenure.plays.starters import Starter, starters
from tenure.web.access import page, user_of
from tenure.web.letters.forms import (
    ROLES,
    accounts_of,
    people_of,
    person_of,
    words_of,
)
from tenure.web.whole import wholes

PER_PAGE = 50
STATES = Letter.State
WORK = Permission.WORK_ACCOUNTS


def _seen(request: HttpRequest) -> QuerySet[Letter]:
    rows = Letter.objects.filter(account__in=accounts_visible(user_of(request)))
    return rows.select_related("account", "person", "author", "outgoing").order_by(
        "-made_at", "-pk"
    )


@page(WORK)
def letters(request: HttpRequest) -> HttpResponse:
    """Letters of the accounts the reader sees: drafts first of all."""
    state = request.GET.get("state", STATES.DRAFT)
    state = state if state in STATES.values else STATES.DRAFT
    rows = _seen(request).filter(state=state)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": found, "rows": found.object_list, "state": state, "states": STATES.choices}
    return render(request, "pages/letters/index.html", context)


@page(WORK)
def letter_new(request: HttpRequest) -> HttpResponse:
    """Write to one account, or the same letter to several."""
    user = user_of(request)
    form = request.POST if request.method == "POST" else request.GET
    found = accounts_of(user, form.getlist("account"))
    if not found:
        messages.error(request, _("Tick at least one account first."))
        return redirect("accounts")
    starter = _starter(form.get("starter", ""))
    if request.method == "POST" and "body" in form:
        try:
            made = _write(request, found)
        except TenureError as error:
            messages.error(request, str(error))
        else:
            return _written(request, made)
    language = form.get("language") or found[0].language or get_language() or "en"
    context = {
        "accounts": found,
        "people": people_of(found[0]) if len(found) == 1 else [],
        "roles": ROLES,
        "starters": [(one.key, words_in(one.name, get_language() or "en")) for one in starters()],
        "starter": starter,
        "language": language,
        "languages": settings.LANGUAGES,
        "chosen": form.get("person", ""),
        "role": form.get("role", ROLES[0]),
        "places": PLACES.items(),
        **_begun(form, starter, language),
    }
    return render(request, "pages/letters/new.html", context)


def _begun(form: QueryDict, starter: Starter | None, language: str) -> dict[str, str]:
    """Title and text to go on from: what was typed, else what the letter to begin with says."""
    if "body" in form:
        return {"title": form.get("title", ""), "body": form.get("body", "")}
    if starter is None:
        return {"title": "", "body": ""}
    return {"title": words_in(starter.title, language), "body": words_in(starter.body, language)}


def _starter(key: str) -> Starter | None:
    return next((one for one in starters() if one.key == key), None)


def _write(request: HttpRequest, found: list[Any]) -> list[Letter]:
    user, form = user_of(request), request.POST
    words = words_of(form)
    if len(found) == 1:
        person = person_of(found[0], form.get("person", ""))
        return [services.letter_write(actor=user, account=found[0], words=words, person=person)]
    role = form.get("role", ROLES[0])
    order = [role, *(one for one in ROLES if one != role)] if role in ROLES else list(ROLES)
    keys = [one.pk for one in found]
    return services.letters_write(actor=user, accounts=keys, roles=order, words=words)


def _written(request: HttpRequest, made: list[Letter]) -> HttpResponse:
    if len(made) == 1:
        return redirect("letter", made[0].pk)
    said = ngettext("%(n)d letter is laid ready.", "%(n)d letters are laid ready.", len(made))
    messages.success(request, said % {"n": len(made)})
    return redirect("letters")


@page(WORK)
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter: as it is written, and as it will be read."""
    found = get_object_or_404(_seen(request), pk=letter_id)
    context = {
        "letter": found,
        "people": people_of(found.account),
        "languages": settings.LANGUAGES,
        "places": PLACES.items(),
        "today": clock.today(),
        **_read(found),
    }
    return render(request, "pages/letters/letter.html", context)


def _read(found: Letter) -> dict[str, Any]:
    """As it is read: what was sent, or what would be, or what keeps it from being sent."""
    if found.state in {STATES.PRINTED, STATES.MAILED}:
        return {"read_title": found.sent_title, "read_body": found.sent_body}
    try:
        title, body = services.letter_merged(found)
    except Missing as error:
        return {"missing": str(error)}
    return {"read_title": title, "read_body": body}


def _change(
    request: HttpRequest, letter_id: int, said: str, change: Callable[[Letter], Any]
) -> HttpResponse:
    found = get_object_or_404(_seen(request), pk=letter_id)
    try:
        change(found)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("letter", found.pk)


@require_POST
@page(WORK)
def letter_edit(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Keep what was written."""

    def change(found: Letter) -> None:
        services.letter_edit(
            actor=user_of(request),
            letter=found,
            words=words_of(request.POST),
            person=person_of(found.account, request.POST.get("person", "")),
        )

    return _change(request, letter_id, _("The letter is saved."), change)


@require_POST
@page(WORK)
def letter_mail(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Send it by e-mail."""
    user = user_of(request)
    said = _("The letter is on its way.")
    return _change(
        request, letter_id, said, lambda found: services.letter_mail(actor=user, letter=found)
    )


@require_POST
@page(WORK)
def letter_discard(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Throw it away."""
    user = user_of(request)
    said = _("The letter is thrown away; it can still be read here.")
    return _change(
        request, letter_id, said, lambda found: services.letter_discard(actor=user, letter=found)
    )


@page(WORK)
def letters_print(request: HttpRequest) -> HttpResponse:
    """Letters as they come out of a printer, a sheet each; noted as printed once that is said."""
    form = request.POST if request.method == "POST" else request.GET
    keys = wholes(form.getlist("letter"))
    found = list(_seen(request).filter(pk__in=keys[: services.MOST]))
    if not found:
        messages.error(request, _("Tick at least one letter first."))
        return redirect("letters")
    if request.method == "POST":
        try:
            services.letters_print(actor=user_of(request), letters=found)
        except TenureError as error:
            messages.error(request, str(error))
        else:
            said = ngettext(
                "%(n)d letter is noted as printed.",
                "%(n)d letters are noted as printed.",
                len(found),
            )
            messages.success(request, said % {"n": len(found)})
        return redirect("letters")
    sheets = [{"letter": one, **_read(one)} for one in found]
    context = {
        "sheets": sheets,
        "missing": [sheet for sheet in sheets if "missing" in sheet],
        "drafts": [one for one in found if one.state == STATES.DRAFT],
        "today": clock.today(),
    }
    return render(request, "pages/letters/print.html", context)
