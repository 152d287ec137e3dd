"""The page Renewals: the book by quarter, the table of one quarter, and calls on renewals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible, owners_now
from tenure.contracts.models import Plan
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.forecast.models import Call
from tenure.forecast.services import renewal_call_record
from tenure.web.access import SEE_ACCOUNTS, account_or_404, allowed, page, user_of
from tenure.web.models import Renewal
from tenure.web.renewals import charts, export, table, totals
from tenure.web.renewals.calls import calls_of
from tenure.web.renewals.quarters import Quarter, quarter_read, quarters
from tenure.web.renewals.scope import CALLED, TERMS, RenewalScope
from tenure.web.segments import filtering
from tenure.web.sources.kept import cache_key

KEEP_SECONDS = 900


@dataclass(frozen=True)
class Shown:
    """Who asks, for which renewals and which quarter."""

    user: User
    sees_all: bool
    scope: RenewalScope
    known: list[Quarter]
    quarter: Quarter

    @classmethod
    def read(cls, request: HttpRequest) -> "Shown":
        known = quarters(clock.today())
        return cls(
            user_of(request),
            allowed(request, Permission.SEE_ALL_ACCOUNTS),
            RenewalScope.read(request.GET, user_of(request)),
            known,
            quarter_read(request.GET.get("quarter", ""), known),
        )

    def renewals(self) -> Any:
        return self.scope.renewals(accounts_visible(self.user), self.sees_all)

    def of_quarter(self, sort: str) -> Any:
        """The quarter's renewals in order."""
        found = self.renewals().filter(quarter=self.quarter.first).select_related("account")
        return table.ordered(found, *table.sort_read(sort))


@page(*SEE_ACCOUNTS)
def renewals(request: HttpRequest) -> HttpResponse:
    """What comes up, what is likely to come of it, and the success managers' calls beside it."""
    shown = Shown.read(request)
    rows, monthly = _counted(shown)
    heading, down = table.sort_read(request.GET.get("sort", ""))
    listed = Paginator(shown.of_quarter(request.GET.get("sort", "")), table.PAGE)
    current = listed.get_page(request.GET.get("page"))
    fan = charts.fan_kept(shown.scope, shown.user, shown.sees_all)
    chosen = next(row for row in rows if row.quarter == shown.quarter)
    context = {
        "scope": shown.scope,
        "sees_all": shown.sees_all,
        "quarters": rows,
        "quarter": shown.quarter,
        "chosen": chosen,
        "bridge": charts.bridge(chosen) if chosen.open else None,
        "monthly": monthly,
        "anything": any(row.count for row in rows) or bool(monthly),
        "forecast": any(row.open for row in rows),
        "rows": table.rows_of(current.object_list),
        "page": current,
        "headings": table.HEADINGS,
        "by_owner": table.BY_OWNER,
        "sort": heading.key,
        "down": down,
        "fans": charts.fan_charts(fan) if fan else [],
        "fan": fan,
        "may_call": allowed(request, Permission.WORK_ACCOUNTS),
        "made_at": Renewal.objects.values_list("made_at", flat=True).first(),
        **_options(shown),
    }  # fmt: skip
    return render(request, "pages/renewals/index.html", context)


def _counted(shown: Shown) -> tuple[list[totals.QuarterRow], list[totals.MonthlyRow]]:
    """The sums, from the cache while nothing they rest on has changed; those of calls as of now."""
    name = cache_key("renewals", shown.scope.mark(shown.user, shown.sees_all))
    found: tuple[list[totals.QuarterRow], list[totals.MonthlyRow]] | None = cache.get(name)
    if found is None:
        today, known = clock.today(), shown.known
        rows = totals.quarter_rows(shown.renewals(), known, today)
        visible = accounts_visible(shown.user)
        months = shown.scope.monthly(visible, shown.sees_all)
        found = rows, totals.monthly_rows(months, known)
        cache.set(name, found, KEEP_SECONDS)
    return totals.with_calls(found[0], shown.renewals()), found[1]


def _options(shown: Shown) -> dict[str, Any]:
    """What the filters offer."""
    visible = accounts_visible(shown.user).exclude(segment="")
    return {
        "segments": list(visible.order_by("segment").values_list("segment", flat=True).distinct()),
        "own_segments": filtering.offered(shown.user),
        "owners": owners_now() if shown.sees_all else None,
        "tiers": list(Plan.objects.order_by("tier").values_list("tier", flat=True).distinct()),
        "terms": TERMS.items(),
        "called": CALLED.items(),
    }


@page(*SEE_ACCOUNTS)
def renewals_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole quarter as narrowed and sorted."""
    shown = Shown.read(request)
    lines: Iterator[str] = export.csv_lines(shown.of_quarter(request.GET.get("sort", "")))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"renewals-{shown.quarter.first.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _renewal_or_404(request: HttpRequest, account_id: int, text: str) -> tuple[Account, date, Any]:
    """An account the reader may see, a day, and what the refresh knows to be up on it."""
    account = account_or_404(request, account_id)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    found = Renewal.objects.filter(account=account, renews_on=day, monthly=False)
    return account, day, found.select_related("account").first()


@page(*SEE_ACCOUNTS)
def call(request: HttpRequest, account_id: int, renews_on: str) -> HttpResponse:
    """One renewal: every call made on it and, for who works accounts, the form for another."""
    return _call_page(request, *_renewal_or_404(request, account_id, renews_on))


def _call_page(
    request: HttpRequest, account: Account, day: date, renewal: Any, **more: Any
) -> HttpResponse:
    context = {
        "account": account,
        "day": day,
        "row": table.rows_of([renewal])[0] if renewal else None,
        "calls": calls_of(account, day),
        "choices": Call.choices,
        "may_call": allowed(request, Permission.WORK_ACCOUNTS),
        "cell": "cell" in request.GET,
        **more,
    }
    inline = request.headers.get("HX-Request") == "true"
    name = "call_inline" if inline else "call"
    response = render(request, f"pages/renewals/{name}.html", context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


@require_POST
@page(Permission.WORK_ACCOUNTS)
def call_record(request: HttpRequest, account_id: int, renews_on: str) -> HttpResponse:
    """Keep a call on a renewal that is to come."""
    account, day, renewal = _renewal_or_404(request, account_id, renews_on)
    if renewal is None:
        raise Http404(_("Nothing of this account renews on that day."))
    inline = request.headers.get("HX-Request") == "true"
    try:
        _record(request, renewal)
    except TenureError as error:
        if inline:
            return _call_page(request, account, day, renewal, fault=str(error))
        messages.error(request, str(error))
    else:
        if inline:
            return _call_page(request, account, day, renewal, kept=True)
        messages.success(request, _("The call is kept."))
    return redirect("renewal_call", account.pk, day.isoformat())


def _record(request: HttpRequest, renewal: Renewal) -> None:
    if renewal.after is not None:
        raise TenureError(_("This renewal is over; a call on it would come too late."))
    renewal_call_record(
        actor=user_of(request),
        account=renewal.account,
        renews_on=renewal.renews_on,
        call=request.POST.get("call", ""),
        amount=_amount(request.POST.get("amount", "")),
        note=request.POST.get("note", "")[:5000],
    )


def _amount(text: str) -> Decimal | None:
    """The MRR given; none when left empty."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value >= Decimal(10) ** 12:
        raise TenureError(_("Write the amount as a number, like 1250 or 1250.50."))
    return value
