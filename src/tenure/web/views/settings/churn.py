"""Settings: when an account counts as lost."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.contracts.churn import KEY, churn_rule, churn_save
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.definitions.kinds import KINDS
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_churn"
MEANINGS = (
    ("contractual", gettext_lazy("by contract: no paying subscription")),
    ("usage", gettext_lazy("by use: no active person")),
)


class ChurnForm(forms.Form):
    contractual_days = forms.IntegerField(
        label=gettext_lazy("By contract, after so many days without a paying subscription")
    )
    usage_days = forms.IntegerField(
        label=gettext_lazy("By use, after so many days without an active person")
    )
    shown = forms.ChoiceField(label=gettext_lazy("Pages show churn"), choices=MEANINGS)
    note = forms.CharField(
        label=gettext_lazy("Why, for the history"), max_length=500, required=False
    )


@page(Permission.SEE_SETTINGS)
def churn(request: HttpRequest) -> HttpResponse:
    """Both meanings of churn, and which of them pages show."""
    rule = churn_rule()
    start = {
        "contractual_days": rule.contractual_days,
        "usage_days": rule.usage_days,
        "shown": rule.shown,
    }
    form = ChurnForm(request.POST or None, initial=start)
    context: dict[str, Any] = {"form": form, "rule": rule, **versions_context(KINDS["churn"], KEY)}
    if request.method == "POST" and form.is_valid():
        body = {name: form.cleaned_data[name] for name in start}
        try:
            row = churn_save(actor=user_of(request), body=body, note=form.cleaned_data["note"])
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            messages.success(request, _("The rule is saved as version %(n)s.") % {"n": row.version})
            return redirect("settings_churn")
    failed = context.get("problems") or (request.method == "POST" and form.errors)
    return draw(request, SECTION, "churn", context, 422 if failed else 200)
