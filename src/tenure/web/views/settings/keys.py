"""Settings: keys of the doors. A key is shown once, on the answer that made it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenure.core.errors import TenureError
from tenure.core.models import ServiceKey
from tenure.core.roles import Permission
from tenure.core.services import key_create, key_revoke
from tenure.web.access import page, user_of
from tenure.web.views.settings.frame import draw, problems_of

SECTION = "settings_keys"
PAGE_SIZE = 50


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=200,
        help_text=gettext_lazy("As: web app, warehouse."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("It may"), choices=ServiceKey.Scope.choices)


@page(Permission.MANAGE_KEYS)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys; making one answers with it, and nothing ever shows it again."""
    form = KeyForm(request.POST or None)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = key_create(actor=user_of(request), **form.cleaned_data)
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            context |= {"made": row, "secret": secret}
            form = KeyForm()
    failed = context.get("problems") or (form.is_bound and form.errors)
    rows = ServiceKey.objects.select_related("created_by").order_by("revoked_at", "-created_at")
    context |= {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "door": request.build_absolute_uri("/"),
    }
    response = draw(request, SECTION, "keys", context, 422 if failed else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@page(Permission.MANAGE_KEYS)
def key_stop(request: HttpRequest, key_id: int) -> HttpResponse:
    """Stop a key from working."""
    row = ServiceKey.objects.filter(pk=key_id).first()
    if row is None:
        raise Http404(_("There is no such key."))
    if row.revoked_at is None:
        key_revoke(actor=user_of(request), key=row)
    messages.success(request, _("The key %(name)s no longer works.") % {"name": row.name})
    return redirect("settings_keys")
