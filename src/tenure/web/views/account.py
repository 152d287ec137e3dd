"""The page of one account: tabs, each with an address, any of them as known on a past day."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.plays.selectors import tasks_then
from tenure.plays.services.peace import peace_of
from tenure.timeline.services import pulse_record
from tenure.web.access import SEE_ACCOUNTS, account_or_404, allowed, page, user_of
from tenure.web.account import attributes, happenings, money, outcomes, outlook, standing
from tenure.web.account import people as account_people
from tenure.web.account import usage as account_usage
from tenure.web.account.known import Known
from tenure.web.account.opinion import opinion_then
from tenure.web.services import note_record
from tenure.web.whole import whole

TABS = (
    ("account", gettext_lazy("Overview")),
    ("account_outlook", gettext_lazy("Outlook")),
    ("account_health", gettext_lazy("Health")),
    ("account_usage", gettext_lazy("Usage")),
    ("account_people", gettext_lazy("People")),
    ("account_contract", gettext_lazy("Contract")),
    ("account_timeline", gettext_lazy("Timeline")),
    ("account_details", gettext_lazy("Details")),
)

TASKS = 12


def _health(account: Account, known: Known) -> dict[str, Any]:
    """The score, or, of an account that is not scored any more, the day of its last one."""
    found = standing.health_then(account, known)
    return {"health": found, "scored": None if found else standing.last_scored(account, known)}


def _frame(request: HttpRequest, account: Account, tab: str) -> dict[str, Any]:
    """What every tab shows: the head of the page, the tabs, the point in time."""
    known = Known.read(request.GET.get("on", ""))
    then = attributes.account_then(account, known, accounts_visible(user_of(request)))
    return {
        "account": account,
        "known": known,
        "then": then,
        "today": clock.today(),
        "unknown_yet": account.recorded_at > known.moment,
        "contract": money.contract_then(account, known),
        "standing": standing.standing_then(account, known),
        **_health(account, known),
        "tab": tab,
        "tabs": [
            (name, reverse(url, args=[account.pk]) + known.query, url == tab) for url, name in TABS
        ],
        "may_work": allowed(request, Permission.WORK_ACCOUNTS) and not known.past,
    }


def _draw(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"pages/account/{context['tab']}.html", context)


def _tab(request: HttpRequest, account_id: int, tab: str) -> tuple[dict[str, Any], Account, Known]:
    account = account_or_404(request, account_id)
    context = _frame(request, account, tab)
    return context, account, context["known"]


@page(*SEE_ACCOUNTS)
def overview(request: HttpRequest, account_id: int) -> HttpResponse:
    """The account at a glance."""
    context, account, known = _tab(request, account_id, "account")
    usage = account_usage.usage_then(account, known)
    context |= {
        "usage": usage,
        "charts": account_usage.usage_charts(usage, ("active_people",)),
        "mrr": money.mrr_chart(account, known),
        "outcomes": outcomes.outcomes_then(account, known),
        "recent": happenings.happenings(account, known, size=8).moments,
        "tasks": tasks_then(account, known.moment)[:TASKS],
        "people": account_people.people_then(account, known),
        "coverage": account_usage.coverage_of(usage.snapshot),
        "in_peace": peace_of(account).exists(),
        **_outlook(account, context),
    }
    return _draw(request, context)


def _outlook(account: Account, context: dict[str, Any]) -> dict[str, Any]:
    """The forecast, or why there is none. Of an account that doesn't pay nothing is foreseen."""
    known, state = context["known"], context["contract"].state
    pays = bool(state.mrr or state.unconverted)
    found = outlook.outlook_then(account, known, context["standing"]) if pays else None
    if found is not None:
        return {"outlook": found}
    return {"why_none": outlook.why_none(state, known)}


@page(*SEE_ACCOUNTS)
def foresight(request: HttpRequest, account_id: int) -> HttpResponse:
    """What is to come: the risk, what drives it, what it is worth, and what became of others."""
    context, account, _known = _tab(request, account_id, "account_outlook")
    context |= _outlook(account, context)
    if "outlook" in context:
        context |= outlook.details(context["outlook"], context, accounts_visible(user_of(request)))
    return _draw(request, context)


@page(*SEE_ACCOUNTS)
def health(request: HttpRequest, account_id: int) -> HttpResponse:
    """Clauses with their evidence, the score with its parts, and what moved it."""
    context, account, known = _tab(request, account_id, "account_health")
    end = min(_day(request.GET.get("to", ""), known.day), known.day)
    start = min(_day(request.GET.get("from", ""), end - timedelta(days=30)), end)
    context |= {
        "start": start,
        "end": end,
        "moved": standing.moved(account, start, end),
        "chart": standing.health_chart(account, known),
        "opinion": opinion_then(account, known),
    }
    return _draw(request, context)


def _day(text: str, fallback: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return fallback


@page(*SEE_ACCOUNTS)
def usage(request: HttpRequest, account_id: int) -> HttpResponse:
    """Weekly series."""
    context, account, known = _tab(request, account_id, "account_usage")
    found = account_usage.usage_then(account, known)
    context |= {"usage": found, "charts": account_usage.usage_charts(found)}
    return _draw(request, context)


@page(*SEE_ACCOUNTS)
def people(request: HttpRequest, account_id: int) -> HttpResponse:
    """People with role and last sign of life."""
    context, account, known = _tab(request, account_id, "account_people")
    context["people"] = account_people.people_then(account, known)
    return _draw(request, context)


@page(*SEE_ACCOUNTS)
def contract(request: HttpRequest, account_id: int) -> HttpResponse:
    """Subscription periods, MRR history and invoices."""
    context, account, known = _tab(request, account_id, "account_contract")
    context |= {
        "mrr": money.mrr_chart(account, known),
        "changes": money.money_changes(account, known),
        "periods": money.periods_then(account, known),
        "invoices": money.invoices_then(account, known),
    }
    return _draw(request, context)


@page(*SEE_ACCOUNTS)
def timeline(request: HttpRequest, account_id: int) -> HttpResponse:
    """Everything that happened, by kind, a page at a time."""
    context, account, known = _tab(request, account_id, "account_timeline")
    kind = request.GET.get("kind", "")
    found = happenings.happenings(account, known, kind, whole(request.GET.get("page")) or 1)
    kinds = [(key, source.name) for key, source in happenings.KINDS.items()]
    context |= {"happenings": found, "kind": kind, "kinds": kinds}
    return _draw(request, context)


@page(*SEE_ACCOUNTS)
def details(request: HttpRequest, account_id: int) -> HttpResponse:
    """Attributes, their changes, hierarchy and freshness of the sources."""
    context, account, known = _tab(request, account_id, "account_details")
    snapshot = account_usage.usage_then(account, known).snapshot
    context |= {
        "changes": attributes.changes_known(account, known),
        "coverage": account_usage.coverage_of(snapshot),
        "custom": [(k, attributes.text_of(v)) for k, v in sorted(context["then"].custom.items())],
    }
    return _draw(request, context)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def pulse_add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Record the reader's own judgement."""
    account = account_or_404(request, account_id)
    try:
        value = float(request.POST.get("value", "").replace(",", "."))
    except ValueError:
        value = -1.0
    try:
        comment = request.POST.get("comment", "")[:5000]
        pulse_record(actor=user_of(request), account=account, value=value, comment=comment)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The pulse is recorded."))
    return redirect("account", account.pk)


@require_POST
@page(Permission.WORK_ACCOUNTS)
def note_add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Put a note on the timeline."""
    account = account_or_404(request, account_id)
    try:
        note_record(actor=user_of(request), account=account, text=request.POST.get("text", ""))
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The note is on the timeline."))
    return redirect("account", account.pk)
