"""Settings: what the plan of the week is made with."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.advice.definitions import KEY, advice_definition, advice_save, body_now
from tenure.advice.models import Reason
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_advice"


class AdviceForm(forms.Form):
    """Hours and money of the plan, and how long each reason of a dismissal is heeded."""

    hours_share = forms.FloatField(
        label=gettext_lazy("Share of everybody's hours that the plan may use (%)"),
        help_text=gettext_lazy("The rest is for what comes by itself."),
    )
    task_hours = forms.FloatField(label=gettext_lazy("Hours of a task that says none"))
    rate = forms.FloatField(
        label=gettext_lazy("Money an hour costs"),
        required=False,
        help_text=gettext_lazy("In the reporting currency. Empty: from the costs of retention."),
    )
    usual_rate = forms.FloatField(
        label=gettext_lazy("Money an hour costs where no costs are loaded")
    )
    enough = forms.IntegerField(
        label=gettext_lazy("Accounts in the smaller arm from which an effect is learnt"),
        help_text=gettext_lazy("Until then the prior of the play is used, and called assumed."),
    )
    note = forms.CharField(
        label=gettext_lazy("Why, for the history"), max_length=500, required=False
    )

    def __init__(self, post: Any = None) -> None:
        now = advice_definition()
        start = {
            "hours_share": f"{now.hours_share * 100:g}",
            "task_hours": f"{now.task_hours:g}",
            "rate": "" if now.rate is None else f"{now.rate:g}",
            "usual_rate": f"{now.usual_rate:g}",
            "enough": now.enough,
            **{f"days_{reason}": now.dismissed[reason] for reason in Reason.values},
        }
        super().__init__(post, initial=start)
        for reason in Reason:
            label = _("Days not suggested again after “%(reason)s”") % {"reason": reason.label}
            self.fields[f"days_{reason.value}"] = forms.IntegerField(label=label)
        self.order_fields([name for name in self.fields if name != "note"])

    def body(self) -> dict[str, Any]:
        """The definition that the form describes; what has no field stays as it is."""
        given = self.cleaned_data
        return {
            **body_now(),
            "hours_share": given["hours_share"] / 100,
            **{name: given[name] for name in ("task_hours", "rate", "usual_rate", "enough")},
            "dismissed": {reason: given[f"days_{reason}"] for reason in Reason.values},
        }


@page(Permission.SEE_SETTINGS)
def advice_page(request: HttpRequest) -> HttpResponse:
    """The definition as a form, and its versions."""
    form = AdviceForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, **versions_context(KINDS["advice"], KEY)}
    if request.method == "POST" and form.is_valid():
        try:
            row = advice_save(
                actor=user_of(request), body=form.body(), note=form.cleaned_data["note"]
            )
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            said = _("The advice is saved as version %(n)s; it counts from the next plan on.")
            messages.success(request, said % {"n": row.version})
            return redirect(SECTION)
    return draw(request, SECTION, "advice", context, 422 if request.method == "POST" else 200)
