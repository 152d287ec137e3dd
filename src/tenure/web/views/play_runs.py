"""One account going through a play: what was done; started and stopped by hand."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.models import Run
from tenure.plays.services.runs import run_start_by_hand, run_stop
from tenure.web.access import SEE_ACCOUNTS, account_or_404, allowed, page, role, user_of
from tenure.web.plays.library import decides
from tenure.web.plays.runs import ShownRun, runs_named
from tenure.web.plays.starting import startable

NOTE = 300


def run_or_404(request: HttpRequest, run_id: int) -> Run:
    """A run of an account the reader may see; any other, and one held out, is as absent as none."""
    visible = accounts_visible(user_of(request))
    rows = runs_named(visible).filter(pk=run_id)
    found = rows.select_related("play", "account", "started_by").first()
    if found is None:
        raise Http404(_("There is no such run, or its account is not in your book."))
    return found


@page(*SEE_ACCOUNTS)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Why it started, what each step did, where it waits."""
    found = run_or_404(request, run_id)
    shown = ShownRun(found)
    approval = shown.open_approval()
    may_work = allowed(request, Permission.WORK_ACCOUNTS)
    context = {
        "run": found,
        "shown": shown,
        "visits": shown.visits(),
        "approval": approval,
        "may_decide": approval is not None and approval.role in decides(role(request)),
        "may_work": may_work,
    }
    return render(request, "pages/plays/run.html", context)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def run_end_by_hand(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop it, with a reason."""
    found = run_or_404(request, run_id)
    try:
        run_stop(actor=user_of(request), run=found, reason=request.POST.get("reason", ""))
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The play is stopped for this account."))
    return redirect("run", found.pk)


@page(Permission.WORK_ACCOUNTS)
def play_start(request: HttpRequest, account_id: int) -> HttpResponse:
    """The plays that are on, those whose audience the account meets first; one is started."""
    account = account_or_404(request, account_id)
    if request.method == "POST":
        try:
            note = request.POST.get("note", "").replace("\x00", "").strip()[:NOTE]
            made = run_start_by_hand(
                actor=user_of(request),
                key=request.POST.get("play", "").replace("\x00", ""),
                account=account,
                because={"note": note} if note else {},
            )
        except TenureError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The play is started; its first step follows at once."))
            return redirect("run", made.pk)
    context = {"account": account, "rows": startable(account)}
    return render(request, "pages/plays/start.html", context)
