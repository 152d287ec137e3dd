"""The page Accounts: every account the reader may see, narrowed, sorted, exported, handed over."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.contracts.models import Plan
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.health.models import Band
from tenure.relationship.models import Level
from tenure.web.access import HAND_OVER, SEE_ACCOUNTS, allowed, allowed_all, page, user_of
from tenure.web.listing.columns import COLUMNS, chosen, ordered, sort_of
from tenure.web.listing.export import csv_lines
from tenure.web.listing.filters import CHANCES, FLAGS, RENEWALS, Filters, narrowed
from tenure.web.listing.rows import all_rows, rows_of
from tenure.web.listing.views import presets, saved_views
from tenure.web.segments import filtering
from tenure.web.services import owners_assign, view_delete, view_save
from tenure.web.templatetags.formats import share
from tenure.web.views.shell import local_next
from tenure.web.whole import wholes

PAGE_SIZE = 50


def _found(request: HttpRequest) -> tuple[Filters, QuerySet[Account]]:
    filters = Filters.read(request.GET, user_of(request))
    return filters, narrowed(accounts_visible(user_of(request)), filters)


@page(*SEE_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponse:
    """The list; only its table when htmx asks for that."""
    filters, found = _found(request)
    key, down = sort_of(request.GET.get("sort", ""))
    paginator = Paginator(ordered(found, key, down).values_list("pk", flat=True), PAGE_SIZE)
    shown = paginator.get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "more_set": filters.more_set,
        "columns": chosen(request.GET.getlist("cols")),
        "all_columns": COLUMNS.values(),
        "sort": key,
        "down": down,
        "page": shown,
        "rows": _rows(shown),
        "presets": presets(request),
        "saved": saved_views(request),
        "kept": [(k, v) for k, vs in request.GET.lists() if k not in {"page", "cols"} for v in vs],
        "may_assign": allowed_all(request, HAND_OVER),
        "may_work": allowed(request, Permission.WORK_ACCOUNTS),
        "today": clock.today(),
        **_options(request),
    }  # fmt: skip
    partial = request.headers.get("HX-Target") == "account-list"
    template = "pages/accounts/list.html" if partial else "pages/accounts/index.html"
    response = render(request, template, context)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _rows(shown: Page[Any]) -> list[Any]:
    return rows_of(list(shown.object_list))


def _options(request: HttpRequest) -> dict[str, Any]:
    """What the filters offer; only what the reader's own accounts have."""
    visible = accounts_visible(user_of(request))
    segments = visible.exclude(segment="").values_list("segment", flat=True)
    plans = list(Plan.objects.order_by("tier", "name"))
    owners = (
        User.objects.filter(is_active=True, role_grants__until__isnull=True)
        .exclude(role_grants__role="viewer")
        .order_by("name", "email")
        .distinct()
        if allowed(request, Permission.SEE_ALL_ACCOUNTS)
        else None
    )
    return {
        "segments": segments.order_by("segment").distinct(),
        "own_segments": filtering.offered(user_of(request)),
        "may_make_segments": allowed(request, Permission.WORK_ACCOUNTS),
        "plans": plans,
        "tiers": sorted({plan.tier for plan in plans}),
        "owners": list(owners) if owners is not None else None,
        "levels": Level.choices,
        "bands": Band.choices,
        "renewals": RENEWALS.items(),
        "flags": FLAGS.items(),
        "chances": [(value, share(int(value) / 100)) for value in CHANCES],
    }


@page(*SEE_ACCOUNTS)
def accounts_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole narrowed list, sorted, with the chosen columns."""
    _filters, found = _found(request)
    key, down = sort_of(request.GET.get("sort", ""))
    lines = csv_lines(chosen(request.GET.getlist("cols")), all_rows(ordered(found, key, down)))
    name = f"accounts-{clock.today().isoformat()}.csv"
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@page(every=HAND_OVER)
def accounts_assign(request: HttpRequest) -> HttpResponse:
    """Hand the ticked accounts to a success manager."""
    keys = wholes(request.POST.getlist("account"))[: PAGE_SIZE * 4]
    try:
        count = owners_assign(
            actor=user_of(request), accounts=keys, owner_id=request.POST.get("owner", "")
        )
    except TenureError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(n)s account has a new owner.", "%(n)s accounts have a new owner.", count)
        messages.success(request, text % {"n": count})
    return redirect(local_next(request, reverse("accounts")))


@require_POST
@page(*SEE_ACCOUNTS)
def view_add(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is under a name."""
    try:
        view = view_save(
            actor=user_of(request),
            page="accounts",
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
        )
    except TenureError as error:
        messages.error(request, str(error))
        return redirect("accounts")
    messages.success(request, _("The view %(name)s is kept.") % {"name": view.name})
    return redirect(f"{reverse('accounts')}?{view.query}")


@require_POST
@page(*SEE_ACCOUNTS)
def view_remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget one of the reader's own views."""
    view_delete(actor=user_of(request), view_id=view_id)
    return redirect("accounts")
