"""Settings: the hours that accounts need and people have."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.workload import KEY, workload, workload_save
from tenure.core.errors import InvalidDefinition, TenureError
from tenure.core.roles import Permission
from tenure.engine.books import LEVELS, Workload
from tenure.relationship.models import Level
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_workload"


class WorkloadForm(forms.Form):
    """Hours of each level, factors of the tiers, and what holds where nothing is stated."""

    tiers = forms.CharField(
        label=gettext_lazy("Factor of each tier"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, as 3: 2. A tier not named goes by the next lower one."),
    )
    capacity = forms.FloatField(
        label=gettext_lazy("Hours a week for accounts, of whoever states none")
    )
    recent_days = forms.IntegerField(
        label=gettext_lazy("Days after a touchpoint in which an account stays where it is")
    )
    clients_stay = forms.BooleanField(
        label=gettext_lazy("Clients and advocates keep their success manager"), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Why, for the history"), max_length=500, required=False
    )

    def __init__(self, rule: Workload, post: Any = None) -> None:
        start = {
            "tiers": "\n".join(
                f"{tier}: {factor:g}" for tier, factor in sorted(rule.tiers.items())
            ),
            "capacity": f"{rule.capacity:g}",
            "recent_days": rule.recent_days,
            "clients_stay": rule.clients_stay,
            **{f"hours_{level}": f"{rule.hours[level]:g}" for level in LEVELS},
        }
        super().__init__(post, initial=start)
        for level in LEVELS:
            label = _("Hours a week: %(level)s") % {"level": Level(level).label}
            self.fields[f"hours_{level}"] = forms.FloatField(label=label)
        self.order_fields([f"hours_{level}" for level in LEVELS])

    def body(self) -> dict[str, Any]:
        """The definition that the form describes."""
        given = self.cleaned_data
        return {
            "hours": {level: given[f"hours_{level}"] for level in LEVELS},
            "tiers": _factors(given["tiers"]),
            **{name: given[name] for name in ("capacity", "recent_days", "clients_stay")},
        }


def _factors(text: str) -> dict[str, float]:
    found = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        tier, _colon, factor = line.partition(":")
        try:
            found[tier.strip()] = float(factor)
        except ValueError as error:
            told = _("Write a tier and its factor as 3: 2; %(line)s is not.") % {"line": line}
            raise InvalidDefinition([told]) from error
    return found


@page(Permission.SEE_SETTINGS)
def workload_page(request: HttpRequest) -> HttpResponse:
    """The definition as a form, and its versions."""
    form = WorkloadForm(workload(), request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, **versions_context(KINDS["workload"], KEY)}
    if request.method == "POST" and form.is_valid():
        try:
            row = workload_save(
                actor=user_of(request), body=form.body(), note=form.cleaned_data["note"]
            )
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            messages.success(
                request, _("The hours are saved as version %(n)s.") % {"n": row.version}
            )
            return redirect(SECTION)
    return draw(request, SECTION, "workload", context, 422 if request.method == "POST" else 200)
