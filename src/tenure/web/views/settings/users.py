"""Settings: who signs in, with which role. A first password is shown once."""

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.core.errors import TenureError
from tenure.core.models import RoleGrant, User
from tenure.core.roles import Permission, Role
from tenure.core.services import user_create, user_set_active, user_set_password, user_set_role
from tenure.web.access import page, user_of
from tenure.web.views.settings.frame import draw, problems_of

SECTION = "settings_users"
PAGE_SIZE = 50


class UserForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "off"})
    )
    name = forms.CharField(label=pgettext_lazy("a person", "Name"), max_length=200, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.CSM)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


@page(Permission.MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponse:
    """Everybody with their role; adding somebody answers with their first password."""
    form = UserForm(request.POST or None)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        secret = secrets.token_urlsafe(12)
        given = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            made = user_create(actor=user_of(request), password=secret, **given)
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            context |= {"made": made, "secret": secret}
            form = UserForm()
    failed = context.get("problems") or (form.is_bound and form.errors)
    grant = RoleGrant.objects.filter(user=OuterRef("pk"), until__isnull=True).values("role")[:1]
    rows = User.objects.annotate(
        role=Subquery(grant), owned=Count("book", filter=Q(book__until__isnull=True))
    ).order_by("-is_active", "name", "email")
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {
        "form": form,
        "page": shown,
        "roles": dict(Role.choices),
        "languages": dict(settings.LANGUAGES),
    }
    return _private(draw(request, SECTION, "users", context, 422 if failed else 200))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@page(Permission.MANAGE_USERS)
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user: role, sign-in, a new password."""
    shown = User.objects.filter(pk=user_id).first()
    if shown is None:
        raise Http404(_("There is no such user."))
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            secret = _act(request, shown)
        except TenureError as error:
            context["problems"] = problems_of(error)
        else:
            if not secret:
                return redirect("settings_user", shown.pk)
            context["secret"] = secret
    context |= {
        "shown": shown,
        "grants": shown.role_grants.order_by("-since", "-pk"),
        "current": shown.role_grants.filter(until__isnull=True).first(),
        "roles": Role.choices,
        "owned": shown.book.filter(until__isnull=True).count(),
        "myself": shown.pk == user_of(request).pk,
    }
    return _private(
        draw(request, SECTION, "user", context, 422 if context.get("problems") else 200)
    )


def _act(request: HttpRequest, shown: User) -> str:
    """Do what the form asks; returns a new password, if one was made."""
    actor, what = user_of(request), request.POST.get("do", "")
    if what == "role":
        role = request.POST.get("role", "")
        if role not in Role.values:
            raise TenureError(_("There is no such role; choose one of the list."))
        user_set_role(actor=actor, user=shown, role=Role(role))
        messages.success(request, _("The role is changed."))
    elif what in {"stop", "start"}:
        if what == "stop" and shown.pk == actor.pk:
            raise TenureError(_("You cannot stop yourself; let another administrator do it."))
        user_set_active(actor=actor, user=shown, active=what == "start")
        messages.success(
            request, _("They may sign in.") if what == "start" else _("They can no longer sign in.")
        )
    elif what == "password":
        secret = secrets.token_urlsafe(12)
        user_set_password(actor=actor, user=shown, password=secret)
        return secret
    return ""
