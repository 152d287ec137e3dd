"""A task's own page, and tasks added from the pages of accounts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenure.accounts.models import OwnerAssignment
from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import RoleGrant, User
from tenure.core.roles import Permission, Role
from tenure.plays import services
from tenure.plays.models import Task
from tenure.plays.selectors import task_history
from tenure.web.access import SEE_ACCOUNTS, account_or_404, allowed, page, user_of
from tenure.web.today.since import day_read
from tenure.web.views.shell import local_next
from tenure.web.whole import whole, wholes

MOST = 200


def task_or_404(request: HttpRequest, task_id: int) -> Task:
    """A task of an account the reader may see."""
    rows = Task.objects.select_related("account", "owner", "created_by", "closed_by")
    return get_object_or_404(
        rows.filter(account__in=accounts_visible(user_of(request))), pk=task_id
    )


def doers(task: Task) -> list[User]:
    """Who can do a task: whoever owns its account, and who works all of them."""
    everywhere = RoleGrant.objects.filter(
        role__in=[Role.ADMIN, Role.LEADER], until__isnull=True
    ).values("user")
    owners = OwnerAssignment.objects.filter(account=task.account_id, until__isnull=True)
    found = User.objects.filter(is_active=True, pk__in=everywhere) | User.objects.filter(
        is_active=True, pk__in=owners.values("owner")
    )
    return list(found.order_by("name", "email").distinct())


@page(*SEE_ACCOUNTS)
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task: what is to be done, by whom, and what became of it."""
    found = task_or_404(request, task_id)
    context = {
        "task": found,
        "account": found.account,
        "history": task_history(found),
        "doers": doers(found),
        "today": clock.today(),
        "may_work": allowed(request, Permission.WORK_ACCOUNTS),
    }
    return render(request, "pages/task.html", context)


def _change(
    request: HttpRequest, task_id: int, said: str, change: Callable[[User, Task], Any]
) -> HttpResponse:
    found = task_or_404(request, task_id)
    try:
        change(user_of(request), found)
    except TenureError as error:
        messages.error(request, str(error))
        return redirect("task", found.pk)
    messages.success(request, said)
    return redirect(local_next(request, f"/tasks/{found.pk}"))


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_tick(request: HttpRequest, task_id: int, place: int) -> HttpResponse:
    """Tick a thing of the checklist, or take the tick away."""
    done = request.POST.get("done") == "yes"
    said = _("Ticked.") if done else _("The tick is taken away.")
    return _change(
        request,
        task_id,
        said,
        lambda user, found: services.task_tick(actor=user, task=found, place=place, done=done),
    )


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_edit(request: HttpRequest, task_id: int) -> HttpResponse:
    """Change its words and its day."""

    def change(user: User, found: Task) -> None:
        services.task_edit(
            actor=user,
            task=found,
            title=request.POST.get("title", ""),
            due_on=day_read(request.POST.get("due_on", "")),
            note=request.POST.get("note", ""),
        )

    return _change(request, task_id, _("The task is saved."), change)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_done(request: HttpRequest, task_id: int) -> HttpResponse:
    """Close it as done."""
    return _change(
        request, task_id, _("The task is done."),
        lambda user, found: services.task_done(actor=user, task=found),
    )  # fmt: skip


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_dismiss(request: HttpRequest, task_id: int) -> HttpResponse:
    """Close it undone, with the reason."""
    reason = request.POST.get("reason", "")
    return _change(
        request, task_id, _("The task is dismissed."),
        lambda user, found: services.task_dismiss(actor=user, task=found, reason=reason),
    )  # fmt: skip


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_reopen(request: HttpRequest, task_id: int) -> HttpResponse:
    """Open it again."""
    return _change(
        request, task_id, _("The task is open again."),
        lambda user, found: services.task_reopen(actor=user, task=found),
    )  # fmt: skip


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_snooze(request: HttpRequest, task_id: int) -> HttpResponse:
    """Keep it out of Today until a day; no day wakes it."""
    text = request.POST.get("until", "")
    until = day_read(text)
    if text and until is None:
        raise Http404
    said = _("The task is snoozed.") if until else _("The task is awake again.")
    return _change(
        request, task_id, said,
        lambda user, found: services.task_snooze(actor=user, task=found, until=until),
    )  # fmt: skip


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_hand_over(request: HttpRequest, task_id: int) -> HttpResponse:
    """Give it to somebody else."""

    def change(user: User, found: Task) -> None:
        owner = User.objects.filter(pk=whole(request.POST.get("owner")) or 0).first()
        if owner is None:
            raise TenureError(_("Choose who is to do it."))
        services.task_hand_over(actor=user, task=found, owner=owner)

    return _change(request, task_id, _("The task is handed over."), change)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def task_add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Add a task from the page of an account."""
    account = account_or_404(request, account_id)
    try:
        services.task_create(
            actor=user_of(request),
            account=account,
            title=request.POST.get("title", ""),
            due_on=day_read(request.POST.get("due_on", "")),
            note=request.POST.get("note", ""),
        )
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The task is added."))
    return redirect(f"/accounts/{account.pk}#tasks")


@require_POST
@page(Permission.WORK_ACCOUNTS)
def tasks_add(request: HttpRequest) -> HttpResponse:
    """Add a task to each ticked account."""
    keys = wholes(request.POST.getlist("account"))[:MOST]
    try:
        made = services.tasks_create(
            actor=user_of(request),
            accounts=keys,
            title=request.POST.get("title", ""),
            due_on=day_read(request.POST.get("due_on", "")),
        )
    except TenureError as error:
        messages.error(request, str(error))
    else:
        said = ngettext("%(n)d task is added.", "%(n)d tasks are added.", len(made))
        messages.success(request, said % {"n": len(made)})
    return redirect(local_next(request, "/accounts"))
