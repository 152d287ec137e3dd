"""Settings: whether mail goes out, and what became of the last digests."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.core.errors import TenureError
from tenure.core.mail.setup import faults, is_ready
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.digest.choices import all_chosen
from tenure.web.digest.services.trial import trial_send
from tenure.web.models import DigestKind, DigestSend
from tenure.web.views.settings.frame import draw

SECTION = "settings_mail"
PAGE_SIZE = 50
State = DigestSend.State
TONES = {State.SENT: "good", State.FAILED: "poor", State.UNSURE: "fair"}
TROUBLE = (State.FAILED, State.UNSURE)


@page(Permission.MANAGE_USERS)
def mail(request: HttpRequest) -> HttpResponse:
    """The set-up, who gets what, and the last digests, all or those in trouble."""
    only = "trouble" if request.GET.get("only") == "trouble" else ""
    rows = DigestSend.objects.select_related("user").order_by("-made_at", "-pk")
    troubled = rows.filter(state__in=TROUBLE) | rows.filter(state=State.WAITING, attempts__gt=0)
    shown = Paginator(troubled if only else rows, PAGE_SIZE).get_page(request.GET.get("page"))
    kinds = [chosen.kind for _user, chosen in all_chosen()]
    context = {
        "faults": faults(),
        "ready": is_ready(),
        "server": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.SMTP_URL else "",
        "sender": settings.MAIL_FROM,
        "base": settings.BASE_URL,
        "zone": settings.COMPANY_TIME_ZONE.key,
        "daily": kinds.count(DigestKind.DAILY),
        "weekly": kinds.count(DigestKind.WEEKLY),
        "only": only,
        "in_trouble": troubled.count(),
        "page": shown,
        "rows": [(row, TONES.get(State(row.state), "")) for row in shown.object_list],
    }
    return draw(request, SECTION, "mail", context)


@require_POST
@page(Permission.MANAGE_USERS)
def mail_test(request: HttpRequest) -> HttpResponse:
    """Send the administrator a mail, and say what the server answered."""
    user = user_of(request)
    try:
        trial_send(actor=user)
    except TenureError as error:
        messages.error(request, str(error))
    else:
        said = _("The mail server took a test mail to %(address)s.") % {"address": user.email}
        messages.success(request, said)
    return redirect(SECTION)
