"""Approvals: what waits for the reader, and what was decided."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.models import Approval
from tenure.plays.services.runs import approval_decide
from tenure.web.access import SEE_ACCOUNTS, allowed, page, role, user_of
from tenure.web.plays.approvals import asked, decided
from tenure.web.plays.library import decides
from tenure.web.views.shell import local_next

PAGE_SIZE = 30


@page(*SEE_ACCOUNTS)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, or, for who decides nothing, for others; and what was decided."""
    visible = accounts_visible(user_of(request))
    play = request.GET.get("play", "").replace("\x00", "")[:80]
    past = Paginator(decided(visible, play), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": asked(visible, role(request), play),
        "page": past,
        "play": play,
        "decides": bool(decides(role(request))),
        "may_work": allowed(request, Permission.WORK_ACCOUNTS),
    }
    return render(request, "pages/plays/approvals.html", context)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def approval_answer(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Say yes or no, with a note; it cannot be taken back."""
    visible = accounts_visible(user_of(request))
    rows = Approval.objects.filter(run__account__in=visible, pk=approval_id)
    found = rows.select_related("run__account").first()
    if found is None or request.POST.get("answer") not in {"yes", "no"}:
        raise Http404(_("There is no such approval, or its account is not in your book."))
    yes = request.POST["answer"] == "yes"
    note = request.POST.get("note", "")
    try:
        approval_decide(actor=user_of(request), approval=found, yes=yes, note=note)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        said = (
            _("Approved: the play goes on for %(name)s.")
            if yes
            else _("Refused: the play ends for %(name)s.")
        )
        messages.success(request, said % {"name": found.run.account.name})
    return redirect(local_next(request, "/plays/approvals"))
