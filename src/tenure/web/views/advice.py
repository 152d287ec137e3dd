"""This week's plan on Today: accepting suggestions, changing, putting off and handing them over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.selectors import accounts_visible
from tenure.advice.models import Reason, Suggestion
from tenure.advice.services import (
    suggestion_accept,
    suggestion_dismiss,
    suggestion_edit,
    suggestion_hand_over,
    suggestion_reopen,
    suggestion_snooze,
    suggestion_take,
)
from tenure.advice.services.rules import was_pooled
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.web.access import allowed, page, user_of
from tenure.web.advice.cards import Shown, shown_of
from tenure.web.advice.titles import titled
from tenure.web.templatetags.formats import day_text
from tenure.web.today.acts import suggestion_acts
from tenure.web.today.scope import Scope
from tenure.web.today.since import day_read
from tenure.web.today.until import until_drawn
from tenure.web.whole import whole

EVERYTHING = "all"


@dataclass(frozen=True)
class Answer:
    """What became of the last action: a sentence, and the suggestion that could be taken back."""

    text: str
    undo: int | None = None
    fault: bool = False


def plan_context(
    request: HttpRequest, scope: Scope, answer: Answer | None = None
) -> dict[str, Any]:
    """What the part of Today that shows the plan needs."""
    may_work = allowed(request, Permission.WORK_ACCOUNTS)
    everything = request.GET.get("plan") == EVERYTHING
    shown = shown_of(scope, may_work, everything)
    plan_query = scope.query(plan=EVERYTHING if everything else "")
    return {
        "shown": shown,
        "may_work": may_work,
        "may_plan": allowed(request, Permission.PLAN_TEAM),
        "plan_query": plan_query,
        "every_query": scope.query(plan=EVERYTHING),
        "plan_acts": _acts(request, scope, shown, plan_query) if may_work else {},
        "plan_answer": answer,
    }


def _acts(
    request: HttpRequest, scope: Scope, shown: Shown, plan_query: str
) -> dict[int, SafeString]:
    context = {
        "today": scope.since.today,
        "plan_query": plan_query,
        "until": until_drawn(scope.since.today),
        "reasons": _reasons(),
        "csrf_token": get_token(request),
    }
    return suggestion_acts(shown, context) if shown.anything else {}


def _reasons() -> str:
    """The reasons as buttons, drawn once for all cards."""
    return render_to_string("pages/today/reasons.html", {"reasons": Reason.choices})


def _scope(request: HttpRequest) -> Scope:
    sees_all = allowed(request, Permission.SEE_ALL_ACCOUNTS)
    return Scope.read(user_of(request), sees_all, request.GET)


def _suggestion_or_404(user: User, key: int) -> Suggestion:
    """One whose account the user sees, or of the pool, or just taken from there by somebody else;
    others are as absent as those never made.
    """
    row = Suggestion.objects.filter(pk=key).select_related("account", "person").first()
    if row is None or not (
        row.pooled or accounts_visible(user).filter(pk=row.account_id).exists() or was_pooled(row)
    ):
        raise Http404(_("There is no such suggestion in your book."))
    return row


def _act(
    request: HttpRequest, key: int, act: Callable[[User, Suggestion, Mapping[str, str]], Answer]
) -> HttpResponse:
    """Do something with a suggestion and show the plan anew: in place, or by going back to it."""
    user, scope = user_of(request), _scope(request)
    row = _suggestion_or_404(user, key)
    try:
        answer = act(user, row, request.POST)
    except TenureError as error:
        answer = Answer(str(error), fault=True)
    if request.headers.get("HX-Request") == "true":
        context = plan_context(request, scope, answer)
        response = render(request, "pages/today/plan.html", context)
        response.headers["Vary"] = "HX-Request, Cookie"
        return response
    (messages.error if answer.fault else messages.success)(request, answer.text)
    return redirect(reverse("today") + scope.query())


def _begun(row: Suggestion) -> Answer:
    told = {
        "play": titled([(row.play, row.version)])(row.play, row.version),
        "account": row.account.name,
    }
    if row.task is not None:
        said = _("“%(play)s” is a task for %(who)s now.")
        return Answer(said % {**told, "who": row.person})
    said = _("“%(play)s” has begun for %(account)s; its work comes to %(who)s in a moment.")
    return Answer(said % {**told, "who": row.person})


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_accept_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Begin the play as proposed."""

    def act(user: User, row: Suggestion, _post: Mapping[str, str]) -> Answer:
        return _begun(suggestion_accept(actor=user, suggestion=row))

    return _act(request, suggestion_id, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_edit_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Begin the play with other hours, on another day, by another person."""

    def act(user: User, row: Suggestion, post: Mapping[str, str]) -> Answer:
        hours = _hours(post.get("hours", ""))
        day, person = day_read(post.get("day", "")), _person(post)
        changed = suggestion_edit(actor=user, suggestion=row, hours=hours, day=day, person=person)
        return _begun(changed)

    return _act(request, suggestion_id, act)


def _hours(text: str) -> float | None:
    """Hours as a form sends them; raises for what is no number."""
    try:
        return float(text.replace(",", ".")) if text.strip() else None
    except ValueError as error:
        raise TenureError(_("Write hours as a number, as 1.5.")) from error


def _person(post: Mapping[str, str]) -> User | None:
    return User.objects.filter(pk=whole(post.get("person")) or 0, is_active=True).first()


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_dismiss_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Say why it will not be done."""

    def act(user: User, row: Suggestion, post: Mapping[str, str]) -> Answer:
        reason, words = post.get("reason", ""), post.get("words", "")
        suggestion_dismiss(actor=user, suggestion=row, reason=reason, words=words)
        said = _("Dismissed; it is not suggested again for %(account)s for a time.")
        return Answer(said % {"account": row.account.name}, undo=row.pk)

    return _act(request, suggestion_id, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_snooze_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Put it off until a day."""

    def act(user: User, row: Suggestion, post: Mapping[str, str]) -> Answer:
        until = day_read(post.get("until") or post.get("day", ""))
        suggestion_snooze(actor=user, suggestion=row, until=until)
        said = _("Back on %(day)s.") % {"day": day_text(until) if until else ""}
        return Answer(said, undo=row.pk)

    return _act(request, suggestion_id, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_hand_over_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Propose it to somebody else."""

    def act(user: User, row: Suggestion, post: Mapping[str, str]) -> Answer:
        person = _person(post)
        if person is None:
            raise TenureError(_("Choose to whom it goes."))
        suggestion_hand_over(actor=user, suggestion=row, person=person)
        return Answer(_("It is with %(who)s now.") % {"who": person})

    return _act(request, suggestion_id, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_take_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take it from the pool; the account becomes the user's."""

    def act(user: User, row: Suggestion, _post: Mapping[str, str]) -> Answer:
        suggestion_take(actor=user, suggestion=row)
        return Answer(_("%(account)s is in your book now.") % {"account": row.account.name})

    return _act(request, suggestion_id, act)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def suggestion_reopen_view(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take back that it was dismissed or put off."""

    def act(user: User, row: Suggestion, _post: Mapping[str, str]) -> Answer:
        suggestion_reopen(actor=user, suggestion=row)
        return Answer(_("It is in the plan again."))

    return _act(request, suggestion_id, act)
