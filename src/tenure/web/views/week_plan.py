"""The plan of the week as leaders see it, planned anew, given out, and who looks after clients."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenure.advice.selectors import plan_now
from tenure.advice.services import pool_give_out
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.selectors import plays_running
from tenure.web.access import page, user_of
from tenure.web.advice.named import named_for
from tenure.web.advice.services import plan_waits, plays_suggest, week_plan_request
from tenure.web.advice.team import choices, dismissed, hours_chart, team_plan_of
from tenure.web.team.books import held_kept, team_kept

MOST = 200


@page(Permission.PLAN_TEAM)
def team_plan(request: HttpRequest) -> HttpResponse:
    """The plan against everybody's hours, what it leaves undone, and what plays do."""
    plan = plan_now()
    shown = None if plan is None else team_plan_of(plan)
    context = {
        "shown": shown,
        "plan": plan,
        "monday": clock.week_start(clock.today()),
        "chart": None if shown is None else hours_chart(shown),
        "waits": plan_waits(),
        "dismissed": dismissed(),
        "choices": choices(),
        "any_play": bool(plays_running()),
        "named": named_for(team_kept(None), held_kept(None)),
    }
    return render(request, "pages/team/plan.html", context)


@require_POST
@page(Permission.PLAN_TEAM)
def team_plan_anew(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a new plan."""
    try:
        week_plan_request(actor=user_of(request))
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The week is planned anew; that takes some seconds."))
    return redirect("team_plan")


@require_POST
@page(Permission.PLAN_TEAM)
def team_plan_give_out(request: HttpRequest) -> HttpResponse:
    """Give out what is in the pool, in turn."""
    try:
        given = pool_give_out(actor=user_of(request))
    except TenureError as error:
        messages.error(request, str(error))
    else:
        said = ngettext(
            "%(n)d suggestion was given out, and its account with it.",
            "%(n)d suggestions were given out, and their accounts with them.",
            len(given),
        )
        messages.success(request, said % {"n": len(given)})
    return redirect("team_plan")


@require_POST
@page(Permission.PLAN_TEAM)
def team_plan_suggest(request: HttpRequest) -> HttpResponse:
    """Let plays that are not on be suggested."""
    known = {choice.key for choice in choices()}
    keys = [key for key in request.POST.getlist("play")[:MOST] if key in known]
    try:
        plays_suggest(actor=user_of(request), keys=keys)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kept; it counts from the next plan on."))
    return redirect("team_plan")
