"""The outbox of plays: what waits, was sent, or was not; sending again what may be."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.mail.setup import is_ready
from tenure.core.roles import Permission
from tenure.plays.models import Outgoing
from tenure.plays.services.outgoing import outgoing_again
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.plays.outgoing import OutgoingFilters, counts_by_state, outgoing_of, outgoing_rows
from tenure.web.views.shell import local_next

PAGE_SIZE = 50


@page(*SEE_ACCOUNTS)
def outgoing(request: HttpRequest) -> HttpResponse:
    """What goes out for accounts the reader may see."""
    visible = accounts_visible(user_of(request))
    chosen = OutgoingFilters.read(request.GET)
    shown = Paginator(outgoing_of(visible, chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "chosen": chosen,
        "states": counts_by_state(visible),
        "kinds": Outgoing.Kind.choices,
        "page": shown,
        "rows": outgoing_rows(
            list(shown.object_list), channels=allowed(request, Permission.MANAGE_KEYS)
        ),
        "mail_ready": is_ready(),
        "may_work": allowed(request, Permission.WORK_ACCOUNTS),
        "may_set_up": allowed(request, Permission.MANAGE_USERS),
    }
    return render(request, "pages/plays/outgoing.html", context)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def outgoing_send_again(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """Send again what was not sent, or may not have been."""
    visible = accounts_visible(user_of(request))
    found = Outgoing.objects.filter(account__in=visible, pk=outgoing_id).first()
    if found is None:
        raise Http404(_("The outbox has no such thing, or its account is not in your book."))
    try:
        outgoing_again(actor=user_of(request), outgoing=found)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It waits again, and is sent within a minute or so."))
    return redirect(local_next(request, "/plays/outgoing"))
