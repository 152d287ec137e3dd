"""The page Team: books and hours, what each person has, and fairer books proposed and applied."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from tenure.accounts.hours import Person, capacity_history, people_of
from tenure.accounts.services import capacity_set
from tenure.accounts.workload import workload
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.account.known import Known
from tenure.web.team.books import team_kept
from tenure.web.team.drawn import load_chart
from tenure.web.team.services import (
    books_rebalance,
    books_rebalance_undo,
    rebalancings,
    wanted_read,
)
from tenure.web.team.sharing import WIDTHS, shared_kept, width_read
from tenure.web.whole import whole


@page(Permission.PLAN_TEAM)
def team(request: HttpRequest) -> HttpResponse:
    """Books, hours and fairness, now or at the end of a past day."""
    known = Known.read(request.GET.get("on", ""))
    shown = team_kept(known.on)
    context = {
        "known": known,
        "today": clock.today(),
        "team": shown,
        "chart": load_chart(shown),
        "anything": any(book.accounts for book in (*shown.books, shown.nobodys)),
    }
    return render(request, "pages/team/index.html", context)


class CapacityForm(forms.Form):
    """What somebody has; commas part languages, countries and skills."""

    hours = forms.FloatField(label=gettext_lazy("Hours a week for accounts"))
    since = forms.DateField(
        label=gettext_lazy("From this day on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages"),
        required=False,
        max_length=1500,
        help_text=gettext_lazy(
            "As accounts state theirs, parted by commas: en, de. Empty: those of the present book."
        ),
    )
    countries = forms.CharField(
        label=gettext_lazy("Countries"),
        required=False,
        max_length=1500,
        help_text=gettext_lazy("Parted by commas. Empty: any."),
    )
    skills = forms.CharField(
        label=gettext_lazy("Skills"),
        required=False,
        max_length=1500,
        help_text=gettext_lazy(
            "As plays name those they need, parted by commas. Empty: plays that need none."
        ),
    )


@page(Permission.PLAN_TEAM)
def capacity(request: HttpRequest, user_id: int) -> HttpResponse:
    """The hours of one person: a form for what holds from a day on, and all that was stated."""
    person = _person_or_404(user_id)
    form = CapacityForm(request.POST or None, initial=_start(person))
    if request.method == "POST" and form.is_valid():
        try:
            _state(request, person, form)
        except TenureError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The hours of %(who)s are kept.") % {"who": person.user})
            return redirect("team_capacity", user_id)
    context = {"person": person, "form": form, "history": capacity_history(person.user)}
    status = 422 if form.errors else 200
    return render(request, "pages/team/capacity.html", context, status=status)


def _person_or_404(user_id: int) -> Person:
    found = [p for p in people_of([user_id], None, workload()) if p.user.pk == user_id]
    if not found:
        raise Http404(_("There is no such person."))
    return found[0]


def _start(person: Person) -> dict[str, Any]:
    stated = person.stated
    return {
        "hours": person.hours if stated is None else stated.hours,
        "since": clock.today(),
        "languages": ", ".join(stated.languages) if stated else "",
        "countries": ", ".join(stated.countries) if stated else "",
        "skills": ", ".join(stated.skills) if stated else "",
    }


def _state(request: HttpRequest, person: Person, form: CapacityForm) -> None:
    given = form.cleaned_data
    since: date = given["since"]
    capacity_set(
        actor=user_of(request),
        person=person.user,
        hours=given["hours"],
        since=since,
        languages=given["languages"].split(","),
        countries=given["countries"].split(","),
        skills=given["skills"].split(","),
    )


@page(Permission.PLAN_TEAM)
def rebalance(request: HttpRequest) -> HttpResponse:
    """The moves proposed now, loads before and after those ticked, and rebalancings of the past."""
    given = request.POST if request.method == "POST" else request.GET
    width = width_read(given.get("width", ""))
    ticked = frozenset(given.getlist("move")) if "ticked" in given else None
    shown = team_kept(None)
    proposed = shared_kept(shown, width, ticked)
    context = {
        "team": shown,
        "shared": proposed,
        "width": width,
        "widths": WIDTHS,
        "past": rebalancings(),
    }
    return render(request, "pages/team/rebalance.html", context)


@require_POST
@page(Permission.PLAN_TEAM)
def rebalance_apply(request: HttpRequest) -> HttpResponse:
    """Hand over the ticked accounts."""
    try:
        moves = wanted_read(request.POST.getlist("move"))
        entry = books_rebalance(actor=user_of(request), moves=moves)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        count = len(entry.detail["moves"])
        text = ngettext("%(n)s account has a new owner.", "%(n)s accounts have a new owner.", count)
        messages.success(request, text % {"n": count})
    return redirect(
        f"{reverse('team_rebalance')}?width={width_read(request.POST.get('width', ''))}"
    )


@require_POST
@page(Permission.PLAN_TEAM)
def rebalance_undo(request: HttpRequest) -> HttpResponse:
    """Take a rebalancing back."""
    try:
        entry = whole(request.POST.get("entry")) or 0
        given, gone = books_rebalance_undo(actor=user_of(request), entry_id=entry)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        text = ngettext(
            "%(n)s account is back where it was.", "%(n)s accounts are back where they were.", given
        )
        messages.success(request, text % {"n": given})
        if gone:
            left = ngettext(
                "%(n)s has gone on to somebody else and stays there.",
                "%(n)s have gone on to somebody else and stay there.",
                gone,
            )
            messages.warning(request, left % {"n": gone})
    return redirect("team_rebalance")
