"""Who of an account plays leave in peace, until when and why."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.models import DoNotDisturb
from tenure.plays.selectors.wishes import wishes_kept
from tenure.plays.services.peace import peace_end, peace_of, peace_set
from tenure.web.access import SEE_ACCOUNTS, account_or_404, allowed, page, user_of
from tenure.web.letters.forms import people_of, person_of

WORK = Permission.WORK_ACCOUNTS


@page(*SEE_ACCOUNTS)
def peace(request: HttpRequest, account_id: int) -> HttpResponse:
    """Who of an account is left in peace by plays, until when and why."""
    account = account_or_404(request, account_id)
    people = people_of(account)
    kept = wishes_kept(one.person.email for one in people)
    context = {
        "account": account,
        "rows": peace_of(account),
        "wished": [one.person for one in people if one.person.email in kept],
        "people": people,
        "may_work": allowed(request, WORK),
    }
    return render(request, "pages/letters/peace.html", context)


@require_POST
@page(WORK)
def peace_add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Leave the account, or somebody of it, in peace."""
    account = account_or_404(request, account_id)
    try:
        peace_set(
            actor=user_of(request),
            account=account,
            person=person_of(account, request.POST.get("person", "")),
            last_day=_day(request.POST.get("until", "")),
            reason=request.POST.get("reason", ""),
        )
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Plays leave them in peace now."))
    return redirect("account_peace", account.pk)


@require_POST
@page(WORK)
def peace_remove(request: HttpRequest, account_id: int, peace_id: int) -> HttpResponse:
    """End it."""
    account = account_or_404(request, account_id)
    row = get_object_or_404(DoNotDisturb, pk=peace_id)
    try:
        peace_end(actor=user_of(request), account=account, peace=row)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Plays may reach them again."))
    return redirect("account_peace", account.pk)


def _day(text: str) -> date | None:
    """A day; None for no day. What is no day is one long ago, which is refused."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return date.min
