"""The pages under Data: sources, loads, rejects, findings, identity; and asking for a refresh."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.roles import Permission
from tenure.intake.models import Finding, Load, Reject
from tenure.web.access import allowed, may_open, page, user_of
from tenure.web.sources import findings as found
from tenure.web.sources import identity as ids
from tenure.web.sources.checklist import Check, checklist
from tenure.web.sources.intake import rate
from tenure.web.sources.kept import kept
from tenure.web.sources.rejects import RejectFilters, reject_lines
from tenure.web.sources.services import refresh_request
from tenure.web.sources.stages import refresh_waits, stages
from tenure.web.sources.tables import freshness

PAGE_SIZE = 50
LOADS_SHOWN = 8
TABS = (
    ("data", gettext_lazy("Sources")),
    ("data_upload", gettext_lazy("Load files")),
    ("data_loads", gettext_lazy("Loads")),
    ("data_rejects", gettext_lazy("Rejected")),
    ("data_findings", gettext_lazy("Findings")),
    ("data_identity", gettext_lazy("Identity")),
)


def draw(
    request: HttpRequest, tab: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of a tab, with the tabs that the reader may open."""
    addresses = [(name, reverse(url), url == tab) for url, name in TABS]
    tabs = [one for one in addresses if may_open(request, one[1])]
    context = {"may_load": allowed(request, Permission.LOAD_DATA), **context, "tabs": tabs}
    return render(request, f"pages/sources/{template}.html", context, status=status)


def _paged(request: HttpRequest, rows: Any) -> Any:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


@page(Permission.SEE_DATA)
def data(request: HttpRequest) -> HttpResponse:
    """What is set up, what comes in, how fresh it is, what the refresh did."""
    identity = kept("identity", ids.matched, 60)
    checks = openable(request, checklist(identity))
    context = {
        "rate": rate(),
        "identity": identity,
        "tables": freshness(),
        "stages": stages(),
        "waits": refresh_waits(),
        "checks": checks,
        "todo": sum(not check.done for check in checks),
        "loads": _loads()[:LOADS_SHOWN],
        "open_findings": Finding.objects.filter(resolved_at__isnull=True).count(),
    }
    return draw(request, "data", "data", context)


def openable(request: HttpRequest, checks: list[Check]) -> list[Check]:
    """The steps, without the address of a page that the reader may not open."""
    return [
        check if not check.url or may_open(request, check.url) else replace(check, url="")
        for check in checks
    ]


def _loads() -> Any:
    return (
        Load.objects.select_related("started_by")
        .annotate(
            files=Count("tables"),
            loaded=Sum("tables__loaded"),
            unchanged=Sum("tables__unchanged"),
            rejected=Sum("tables__rejected"),
        )
        .order_by("-started_at", "-pk")
    )


@page(Permission.SEE_DATA)
def loads(request: HttpRequest) -> HttpResponse:
    """Every load, newest first."""
    return draw(request, "data_loads", "data_loads", {"page": _paged(request, _loads())})


@page(Permission.SEE_DATA)
def load(request: HttpRequest, load_id: int) -> HttpResponse:
    """One load, table by table."""
    row = Load.objects.select_related("started_by").filter(pk=load_id).first()
    if row is None:
        raise Http404(_("There is no such load."))
    context = {"load": row, "tables": row.tables.order_by("pk")}
    return draw(request, "data_loads", "data_load", context)


@page(Permission.SEE_DATA)
def rejects(request: HttpRequest) -> HttpResponse:
    """Rows and events that were not taken, with the reason of each."""
    filters = RejectFilters.read(request.GET)
    context = {
        "filters": filters,
        "page": _paged(request, filters.rows()),
        "doors": kept("doors", lambda: _distinct("door"), 60),
        "tables": kept("reject tables", lambda: _distinct("table"), 60),
    }
    return draw(request, "data_rejects", "data_rejects", context)


def _distinct(column: str) -> list[str]:
    return list(Reject.objects.order_by(column).values_list(column, flat=True).distinct())


@page(Permission.SEE_DATA)
def rejects_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The narrowed rejects, all of them."""
    lines = reject_lines(RejectFilters.read(request.GET).rows())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"rejected-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(Permission.SEE_DATA)
def findings(request: HttpRequest) -> HttpResponse:
    """What the data says against itself."""
    filters = found.FindingFilters.read(request.GET)
    shown = _paged(request, filters.rows())
    context = {
        "filters": filters,
        "page": shown,
        "rows": [found.told(row) for row in shown.object_list],
        "severities": Finding.Severity.choices,
        "counts": found.open_counts(),
    }
    return draw(request, "data_findings", "data_findings", context)


@page(Permission.SEE_DATA)
def identity(request: HttpRequest) -> HttpResponse:
    """How well ids match, and the accounts that events name but nobody loaded."""
    context = {
        "identity": kept("identity", ids.matched, 60),
        "page": _paged(request, ids.unmatched()),
    }
    return draw(request, "data_identity", "data_identity", context)


@require_POST
@page(Permission.SEE_DATA)
def refresh(request: HttpRequest) -> HttpResponse:
    """Ask the worker to work out the numbers again."""
    try:
        refresh_request(actor=user_of(request))
    except TenureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The refresh is queued; the worker starts it within seconds."))
    return redirect("data")
