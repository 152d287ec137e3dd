"""What the reader put away, in words, so that it can be taken back."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tenure.plays.models import Task, TaskStatus
from tenure.web.today import words
from tenure.web.today.findings import Finding
from tenure.web.today.marks import put_away
from tenure.web.today.scope import Scope

MOST = 30


@dataclass(frozen=True)
class Away:
    """One thing put away: done, or until a day. `mark` or `task` is what to take back."""

    account: int
    name: str
    sentence: str
    until: date | None
    mark: int | None = None
    task: int | None = None


def away_of(scope: Scope) -> list[Away]:
    """What the reader put away today, and what sleeps; the newest first, tasks after findings."""
    today = scope.since.today
    marks = put_away(scope.user, scope.visible(), today)[:MOST]
    findings = [Finding(m.account_id, m.kind, m.key, m.urgency, m.facts) for m in marks]
    read = words.read_for(findings)
    told = [
        Away(m.account_id, m.account.name, words.sentence(one, read), m.until, mark=m.pk)
        for m, one in zip(marks, findings, strict=True)
    ]
    return [*told, *_tasks(scope, today)]


def _tasks(scope: Scope, today: date) -> list[Away]:
    closed = Q(status=TaskStatus.DONE, closed_by=scope.user, closed_at__date=today)
    asleep = Q(status=TaskStatus.OPEN, owner=scope.user, snoozed_until__gt=today)
    rows = Task.objects.filter(closed | asleep, account__in=scope.visible())
    found = rows.order_by("-closed_at", "snoozed_until", "pk")[:MOST]
    columns = ("account_id", "account__name", "title", "status", "snoozed_until", "pk")
    return [
        Away(account, name, title, until if status == TaskStatus.OPEN else None, task=key)
        for account, name, title, status, until, key in found.values_list(*columns)
    ]
