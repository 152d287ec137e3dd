"""The page for executives: one sheet, to be read or printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.roles import Permission
from tenure.web.access import page, user_of
from tenure.web.executive.sheet import sheet_kept
from tenure.web.renewals.quarters import quarter_read, quarters


@page(Permission.SEE_ALL_ACCOUNTS)
def executive(request: HttpRequest) -> HttpResponse:
    """The running quarter, or the one before."""
    known = [quarter for quarter in quarters(clock.today()) if quarter.place <= 0]
    quarter = quarter_read(request.GET.get("quarter", ""), known)
    user = user_of(request)
    context = {
        "known": known,
        "quarter": quarter,
        "sheet": sheet_kept(user, accounts_visible(user), quarter),
        "now": clock.now(),
    }
    return render(request, "pages/executive/index.html", context)
