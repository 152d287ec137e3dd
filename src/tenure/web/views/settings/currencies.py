"""Settings: the reporting currency and what others are worth in it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import CurrencyRate
from tenure.core.roles import Permission
from tenure.core.services import currency_rate_set
from tenure.web.access import page, user_of
from tenure.web.views.settings.frame import draw, problems_of

SECTION = "settings_currencies"
PAGE_SIZE = 24


class RateForm(forms.Form):
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Three letters, as USD."),
    )
    day = forms.DateField(
        label=pgettext_lazy("a day", "From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    rate = forms.DecimalField(
        label=gettext_lazy("One unit is worth"), max_digits=20, decimal_places=10
    )


@page(Permission.SEE_SETTINGS)
def currencies(request: HttpRequest) -> HttpResponse:
    """Rates in force, currencies without one, and setting a rate."""
    form = RateForm(request.POST or None, initial={"day": clock.today()})
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            currency_rate_set(actor=user_of(request), **form.cleaned_data)
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            messages.success(request, _("The rate is set; the next refresh converts by it."))
            return redirect("settings_currencies")
    failed = context.get("problems") or (request.method == "POST" and form.errors)
    waiting = ContractState.objects.exclude(unconverted="").values("unconverted")
    rates = CurrencyRate.objects.filter(superseded_at__isnull=True).order_by("-day", "currency")
    context |= {
        "reporting": settings.REPORTING_CURRENCY,
        "page": Paginator(rates, PAGE_SIZE).get_page(request.GET.get("page")),
        "unconverted": waiting.annotate(n=Count("pk")).order_by("-n"),
    }
    return draw(request, SECTION, "currencies", context, 422 if failed else 200)
