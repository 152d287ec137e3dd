"""Settings: how forecasts are made."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.forecast.definitions import KEY, shipped
from tenure.forecast.services import forecast_definition_save
from tenure.web.access import page, user_of
from tenure.web.definitions.foresight import ForecastForm
from tenure.web.definitions.kinds import KINDS
from tenure.web.views.settings.frame import draw, problems_of, versions_context

SECTION = "settings_forecast"


@page(Permission.SEE_SETTINGS)
def forecast(request: HttpRequest) -> HttpResponse:
    """The definition as a form, and its versions."""
    kind = KINDS["forecast"]
    stored, standard = kind.body(KEY) or {}, shipped()
    body = {name: stored.get(name, value) for name, value in standard.items()}
    form = ForecastForm(body, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, **versions_context(kind, KEY)}
    if request.method == "POST":
        try:
            if answer := _save(request, form, context):
                return answer
        except TenureError as error:
            context["problems"] = problems_of(error)
    context["parts"] = list(form.parts())
    return draw(request, SECTION, "forecast", context, 422 if context.get("problems") else 200)


def _save(request: HttpRequest, form: ForecastForm, context: dict[str, Any]) -> HttpResponse | None:
    if not form.is_valid():
        context["problems"] = form.problems()
        return None
    row = forecast_definition_save(
        actor=user_of(request), body=form.definition(), note=form.cleaned_data["note"]
    )
    text = _("The forecast is saved as version %(n)s; the next training goes by it.")
    messages.success(request, text % {"n": row.version})
    return redirect(SECTION)
