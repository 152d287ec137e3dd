"""Settings: the plans that are sold, and the tier of each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.contracts.models import Interval, Plan
from tenure.contracts.rows import PlanRow
from tenure.contracts.services import plan_set
from tenure.contracts.services.tiers import HIGHEST
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page as page_for
from tenure.web.access import user_of
from tenure.web.templatetags.formats import number
from tenure.web.views.settings.frame import draw, problems_of

SECTION = "settings_tiers"


class PlanForm(forms.Form):
    """What may be changed of a plan. `current`: the plan, None for a new one."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    tier = forms.IntegerField(
        label=gettext_lazy("Tier"),
        min_value=0,
        max_value=HIGHEST,
        help_text=gettext_lazy("0 is free or a trial; a higher number is a higher tier."),
    )
    is_top_tier = forms.BooleanField(label=gettext_lazy("Top tier"), required=False)
    list_price = forms.DecimalField(
        label=gettext_lazy("List price"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label=gettext_lazy("Currency"), required=False, strip=True, max_length=3
    )
    interval = forms.ChoiceField(
        label=gettext_lazy("Paid"), required=False, choices=[("", "–"), *Interval.choices]
    )

    def __init__(self, *args: Any, current: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        if current is None:
            return
        for name, field in self.fields.items():
            look = {"checkbox": "form-check-input", "select": "form-select"}
            kind = getattr(field.widget, "input_type", "text")
            field.widget.attrs["class"] = look.get(kind, "form-control")
            label = _("%(plan)s: %(field)s") % {
                "field": self.fields[name].label,
                "plan": current.name,
            }
            field.widget.attrs["aria-label"] = label

    def row(self, plan_id: str) -> PlanRow:
        """The plan as it is written."""
        said = self.cleaned_data
        return PlanRow(
            id=plan_id,
            name=said["name"],
            tier=said["tier"],
            interval=said["interval"],
            list_price=said["list_price"],
            currency=said["currency"].strip().upper(),
            is_top_tier=said["is_top_tier"],
        )


class NewPlanForm(PlanForm):
    plan_id = forms.CharField(
        label=gettext_lazy("Id"),
        max_length=200,
        help_text=gettext_lazy("As subscriptions name it in their column plan_id."),
    )
    field_order = ("plan_id", "name", "tier", "list_price", "currency", "interval", "is_top_tier")


@page_for(Permission.SEE_SETTINGS)
def tiers(request: HttpRequest) -> HttpResponse:
    """Every plan in the order of tiers; changing them, and adding one."""
    adding = request.method == "POST" and "add" in request.POST
    changing = request.method == "POST" and not adding
    new = NewPlanForm(request.POST if adding else None, prefix="new")
    forms_of = [_form(plan, request.POST if changing else None) for plan in _plans()]
    problems: list[str] = []
    # Every form, so that each shows what is wrong with it.
    wrong = [form for form in ([new] if adding else forms_of) if not form.is_valid()]
    if request.method == "POST" and not wrong:
        try:
            said = _added(request, new) if adding else _changed(request, forms_of)
        except TenureError as error:
            problems = problems_of(error)
        else:
            messages.success(request, said)
            return redirect(SECTION)
    failed = request.method == "POST"
    context = {
        "plans": forms_of,
        "new": new,
        "problems": problems,
        "wrong": changing and bool(wrong),
        "no_top": bool(forms_of) and not any(f.current.is_top_tier for f in forms_of if f.current),
    }
    return draw(request, SECTION, "tiers", context, 422 if failed else 200)


def _plans() -> QuerySet[Plan]:
    """The plans, lowest tier first, with the accounts that are on each now (`accounts`)."""
    counted = Plan.objects.annotate(accounts=Count("contractstate", distinct=True))
    return counted.order_by("tier", "name", "pk")


def _form(plan: Plan, sent: Any) -> PlanForm:
    fields = ("name", "tier", "is_top_tier", "list_price", "currency", "interval")
    initial = {name: getattr(plan, name) for name in fields}
    if plan.list_price is not None:
        initial["list_price"] = f"{plan.list_price.normalize():f}"
    return PlanForm(sent, prefix=str(plan.pk), initial=initial, current=plan)


def _added(request: HttpRequest, new: NewPlanForm) -> str:
    plan_id = new.cleaned_data["plan_id"]
    if Plan.objects.filter(external_id=plan_id).exists():
        raise TenureError(
            _("There is a plan %(id)s already; change it in the list.") % {"id": plan_id}
        )
    plan_set(actor=user_of(request), row=new.row(plan_id))
    return _("The plan %(name)s is added.") % {"name": new.cleaned_data["name"]}


@transaction.atomic
def _changed(request: HttpRequest, forms_of: list[PlanForm]) -> str:
    """Write every plan, all or none; what did not change stays as it is."""
    n = sum(
        plan_set(actor=user_of(request), row=form.row(form.current.external_id))
        for form in forms_of
        if form.current is not None
    )
    if not n:
        return _("Nothing was changed.")
    told = ngettext(
        "%(n)s plan is changed; the next refresh counts with it.",
        "%(n)s plans are changed; the next refresh counts with them.",
        n,
    )
    return told % {"n": number(n)}
