"""The page Today: the queue, and putting things of it away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import owners_now
from tenure.core.errors import TenureError
from tenure.core.models import StageRun, User
from tenure.core.roles import Permission
from tenure.plays.models import Task
from tenure.web.access import SEE_ACCOUNTS, allowed, page, user_of
from tenure.web.templatetags.formats import day_text
from tenure.web.today import queue
from tenure.web.today.acts import finding_acts
from tenure.web.today.away import away_of
from tenure.web.today.findings import Finding
from tenure.web.today.scope import STEP, Scope
from tenure.web.today.services import (
    PutAway,
    findings_done,
    findings_snooze,
    mark_undo,
    task_undo,
)
from tenure.web.today.since import day_read
from tenure.web.today.until import until_drawn
from tenure.web.views.advice import plan_context
from tenure.web.whole import wholes

MOST = 50


@dataclass(frozen=True)
class Answer:
    """What became of the last action: a sentence, and what would take it back."""

    text: str
    undo: PutAway | None = None
    fault: bool = False


def _scope(request: HttpRequest) -> Scope:
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    return Scope.read(user_of(request), sees_all, request.GET)


@page(*SEE_ACCOUNTS)
def today(request: HttpRequest) -> HttpResponse:
    """What to do today and why, the most at stake first."""
    scope = _scope(request)
    context = {
        **_list(request, scope),
        **({} if scope.group else plan_context(request, scope)),
        "owners": owners_now() if scope.sees_all else None,
        "as_of": _newest_refresh(),
    }
    return render(request, "pages/today/index.html", context)


def _list(request: HttpRequest, scope: Scope, answer: Answer | None = None) -> dict[str, Any]:
    found = queue.queue_of(scope)
    may_work = allowed(request, Permission.WORK_ACCOUNTS)
    away = away_of(scope) if may_work else []
    urls = {
        "done_url": reverse("today_done") + scope.query(),
        "snooze_url": reverse("today_snooze") + scope.query(),
    }
    return {
        "scope": scope,
        "query": scope.query(),
        "queue": found,
        "groups": [
            (key, name, n, scope.query(only=key)) for key, name, n in queue.sums(found.counts)
        ],
        "all_query": scope.query(only=""),
        "more_query": scope.query(show=str(scope.show + STEP)) if found.more else "",
        "away": away,
        "may_work": may_work,
        **urls,
        "undo_url": reverse("today_undo") + scope.query(),
        "acts": _acts(request, scope, found, urls) if may_work else {},
        "answer": answer,
        **(_nothing(scope) if not found.cards else {}),
    }


def _acts(
    request: HttpRequest, scope: Scope, found: queue.Queue, urls: dict[str, str]
) -> dict[str, SafeString]:
    context = {"until": until_drawn(scope.since.today), "csrf_token": get_token(request), **urls}
    return finding_acts(found, context)


def _nothing(scope: Scope) -> dict[str, Any]:
    """What an empty list says: that no account is there, or what comes next."""
    if not scope.visible().exists():
        return {"no_accounts": True}
    task, renewal = queue.next_due(scope)
    return {"next_task": task, "next_renewal": renewal}


def _newest_refresh() -> Any:
    runs = StageRun.objects.filter(outcome="done").order_by("-pk")
    return runs.values_list("ended_at", flat=True).first()


def _named(request: HttpRequest, scope: Scope) -> list[Finding]:
    """The findings a form names, out of those in the reader's list now."""
    wanted = set(request.POST.getlist("item")[:MOST])
    return [one for one in queue.findings_of(scope) if one.name in wanted]


def _act(
    request: HttpRequest, act: Callable[[User, Scope], tuple[str, PutAway | None]]
) -> HttpResponse:
    """Do something with the list and show it anew: in place, or by going back to it."""
    scope = _scope(request)
    try:
        answer = Answer(*act(user_of(request), scope))
    except TenureError as error:
        answer = Answer(str(error), fault=True)
    if request.headers.get("HX-Request") == "true":
        response = render(request, "pages/today/list.html", _list(request, scope, answer))
        response.headers["Vary"] = "HX-Request, Cookie"
        return response
    (messages.error if answer.fault else messages.success)(request, answer.text)
    return redirect(reverse("today") + scope.query())


@require_POST
@page(Permission.WORK_ACCOUNTS)
def today_done(request: HttpRequest) -> HttpResponse:
    """Put findings away as handled."""

    def act(user: User, scope: Scope) -> tuple[str, PutAway]:
        found = _named(request, scope)
        return _told(found, None), findings_done(actor=user, findings=found)

    return _act(request, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def today_snooze(request: HttpRequest) -> HttpResponse:
    """Put findings away until a day."""
    until = day_read(request.POST.get("until") or request.POST.get("day", ""))

    def act(user: User, scope: Scope) -> tuple[str, PutAway]:
        found = _named(request, scope)
        put = findings_snooze(actor=user, findings=found, until=until)
        return _told(found, until), put

    return _act(request, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def today_undo(request: HttpRequest) -> HttpResponse:
    """Bring back what was put away."""

    def act(user: User, scope: Scope) -> tuple[str, None]:
        tasks = Task.objects.filter(pk__in=_keys(request, "task"), account__in=scope.visible())
        marks = _keys(request, "mark")
        for task in tasks:
            task_undo(actor=user, task=task)
        for mark in marks:
            mark_undo(actor=user, mark_id=mark)
        if not marks and not tasks:
            raise TenureError(_("There is nothing to take back: it is in the list again already."))
        return _("It is back in the list."), None

    return _act(request, act)


def _keys(request: HttpRequest, name: str) -> list[int]:
    return wholes(request.POST.getlist(name)[:MOST])


def _told(found: Sequence[Finding], until: date | None) -> str:
    count = len(found)
    if until is None:
        return ngettext("Done.", "%(n)d things are done.", count) % {"n": count}
    said = ngettext("Back on %(day)s.", "%(n)d things are back on %(day)s.", count)
    return said % {"n": count, "day": day_text(until)}
