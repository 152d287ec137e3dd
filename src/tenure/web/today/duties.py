"""What is due: tasks, and renewals that want a call or come up now."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core.models import User
from tenure.forecast.models import Call
from tenure.plays.selectors import tasks_due_told
from tenure.relationship.selectors import quarter_of
from tenure.web.models import Renewal
from tenure.web.renewals.calls import calls_said
from tenure.web.today.findings import KNOW, NOW, SOON, Finding

WINDOW = timedelta(days=90)
"""A renewal that comes up within this wants a call."""
MONTH, FORTNIGHT, WEEK = timedelta(days=30), timedelta(days=14), timedelta(days=7)
BAD = (Call.AT_RISK, Call.LOST)
_READ = ("account_id", "renews_on", "mrr", "renew", "auto_renew", "notice")


def tasks(accounts: QuerySet[Account], today: date, owner: User | None) -> Iterator[Finding]:
    """Tasks due or overdue, of one owner or of all."""
    for account, key, due in tasks_due_told(accounts, today, owner):
        yield Finding(account, "task", str(key), NOW, {"task": key, "day": due.isoformat()})


def renewals(accounts: QuerySet[Account], today: date) -> Iterator[Finding]:
    """Renewals of terms longer than a month: without a call within 90 days, and all of a week."""
    first, _last = quarter_of(today)
    until = today + WINDOW
    rows = Renewal.objects.filter(
        account__in=accounts,
        quarter__range=(first, until),  # which the index begins with
        monthly=False,
        after=None,
        renews_on__range=(today, until),
    )
    due = list(rows.values_list(*_READ, named=True))
    calls = calls_said(accounts, today, until)
    for row in due:
        said = calls.get((row.account_id, row.renews_on), "")
        left = row.renews_on - today
        if said and left > WEEK:
            continue
        facts = {
            "day": row.renews_on.isoformat(),
            "mrr": row.mrr,
            "renew": row.renew,
            "auto": row.auto_renew,
            "notice": row.notice,
            "call": said,
        }
        key = f"{row.renews_on}:{said}:{'notice' if row.notice else ''}"
        yield Finding(row.account_id, "renewal", key, _how_urgent(row.notice, left, said), facts)


def _how_urgent(notice: bool, left: timedelta, said: str) -> int:
    if said:
        return NOW if said in BAD else SOON
    if left <= FORTNIGHT or (notice and left <= MONTH):
        return NOW
    return SOON if left <= MONTH or notice else KNOW
