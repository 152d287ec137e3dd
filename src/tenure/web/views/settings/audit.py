"""Settings: who did what, when."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from tenure.core.models import AuditEntry, User
from tenure.core.roles import Permission
from tenure.web.access import page
from tenure.web.sources.kept import kept
from tenure.web.views.settings.frame import draw
from tenure.web.whole import whole

PAGE_SIZE = 50
LONGEST_DETAIL = 300


@page(Permission.MANAGE_USERS)
def audit(request: HttpRequest) -> HttpResponse:
    """The audit log, newest first, narrowed by the query string."""
    given = {
        name: request.GET.get(name, "").replace("\x00", "")[:200]
        for name in ("action", "actor", "subject", "day")
    }
    shown = Paginator(_narrowed(given), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "given": given,
        "is_set": any(given.values()),
        "page": shown,
        "rows": [{"entry": entry, "detail": _detail(entry)} for entry in shown.object_list],
        "actions": kept("audit actions", _actions, 60),
        "actors": list(User.objects.order_by("name", "email")[:500]),
    }
    return draw(request, "settings_audit", "audit", context)


def _actions() -> list[str]:
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def _narrowed(given: dict[str, str]) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.select_related("actor").order_by("-at", "-pk")
    if given["action"]:
        rows = rows.filter(action=given["action"])
    if given["actor"] == "none":
        rows = rows.filter(actor__isnull=True)
    elif (actor := whole(given["actor"])) is not None:
        rows = rows.filter(actor=actor)
    if given["subject"]:
        rows = rows.filter(subject_id=given["subject"])
    try:
        day = date.fromisoformat(given["day"])
    except ValueError:
        return rows
    return rows.filter(at__date__gte=day, at__date__lt=day + timedelta(days=1))


def _detail(entry: AuditEntry) -> str:
    text = "; ".join(f"{name}: {_short(value)}" for name, value in entry.detail.items())
    return text[:LONGEST_DETAIL]


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
