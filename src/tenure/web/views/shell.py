"""Pages of the shell: the way in, the theme, the profile, health of the process, the UI kit."""

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.context import THEMES, guide
from tenure.web.forms import ProfileForm
from tenure.web.samples import samples
from tenure.web.services import profile_save
from tenure.web.views.digest import digest_card

YEAR = 365 * 24 * 3600


@page()
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in: Today, or the guide while there is nothing to do yet."""
    return redirect(guide(request) or "today")


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For a load balancer: 200 when the process answers and its database does too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


def local_next(request: HttpRequest, fallback: str = "/") -> str:
    """The address to go back to, if it is one of ours."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if ours else fallback


@require_POST
@page()
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the system in a cookie, so that the server draws it at once."""
    response = HttpResponseRedirect(local_next(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme")
    return response


@page()
def profile(request: HttpRequest) -> HttpResponse:
    """A user's own name and language, and the way to password and second factor."""
    user = user_of(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        try:
            profile_save(actor=user, **form.cleaned_data)
        except TenureError as error:
            messages.error(request, str(error))
        else:
            with override(form.cleaned_data["language"]):
                messages.success(request, _("Your profile is saved."))
            return redirect("profile")
    return render(request, "pages/profile.html", {"form": form, **digest_card(user)})


@page(Permission.MANAGE_USERS)
def kit(request: HttpRequest) -> HttpResponse:
    """Every component of the UI kit, as it looks and as it is written."""
    return render(request, "pages/kit.html", samples())
