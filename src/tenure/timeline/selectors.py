"""What accounts told us since a moment, and who stopped telling."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from tenure.accounts.models import Account
from tenure.accounts.selectors import book_of_keys
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

DETRACTOR = 6
URGENT = ("urgent", "critical", "blocker", "emergency", "highest", "p0", "p1", "sev1")
QUIET_AFTER = timedelta(days=60)
LATE_NEWS = timedelta(days=14)
"""What happened longer before it became known is a history being loaded, not news."""


def _news(at: str, since: datetime, until: datetime) -> Q:
    learned = Q(recorded_at__gte=since, recorded_at__lt=until)
    return learned & Q(superseded_at__isnull=True, **{f"{at}__gte": since - LATE_NEWS})


def detractors_since(
    accounts: QuerySet[Account], since: datetime, until: datetime
) -> QuerySet[SurveyAnswer]:
    """NPS answers of 6 or less that became known in [since, until)."""
    return SurveyAnswer.objects.filter(
        _news("answered_at", since, until),
        account__in=accounts,
        kind=SurveyAnswer.Kind.NPS,
        score__lte=DETRACTOR,
    ).order_by("answered_at", "pk")


def urgent_tickets_since(
    accounts: QuerySet[Account], since: datetime, until: datetime
) -> QuerySet[Ticket]:
    """Urgent tickets that became known in [since, until) and are open, oldest first."""
    return (
        Ticket.objects.alias(how=Lower("priority"))
        .filter(_news("opened_at", since, until), account__in=accounts, how__in=URGENT)
        .filter(resolved_at__isnull=True)
        .order_by("opened_at", "pk")
    )


def tickets_open(names: Collection[str]) -> set[str]:
    """Which of the tickets named are open."""
    rows = Ticket.objects.filter(
        external_id__in=names, superseded_at__isnull=True, resolved_at__isnull=True
    )
    return set(rows.values_list("external_id", flat=True))


@dataclass(frozen=True)
class Quiet:
    """A person last heard from in an account so long ago that they now count as quiet."""

    account: int
    person: int
    heard_at: datetime


def gone_quiet(
    accounts: QuerySet[Account], since: datetime, until: datetime
) -> dict[tuple[int, int], Quiet]:
    """(account, person) of whoever passed sixty days without a sign of life in [since, until)."""
    last: dict[tuple[int, int], datetime] = {}
    for account, person, at in _signs(accounts, since - QUIET_AFTER, until - QUIET_AFTER):
        key = (account, person)
        last[key] = max(last.get(key, at), at)
    if not last:
        return {}
    whose = book_of_keys({account for account, _person in last})
    people = {person for _account, person in last}
    for account, person, _at in _signs(whose, until - QUIET_AFTER, until, people):
        last.pop((account, person), None)
    return {key: Quiet(*key, at) for key, at in last.items()}


def _signs(
    accounts: QuerySet[Account],
    since: datetime,
    until: datetime,
    people: Collection[int] | None = None,
) -> Iterator[tuple[int, int, datetime]]:
    """(account, person, when) of every sign of life in [since, until)."""
    touched = Touchpoint.objects.filter(direction__in=("in", "both"), people__isnull=False)
    told = []
    for rows, person, at in (
        (touched, "people", "occurred_at"),
        (Ticket.objects.filter(person__isnull=False), "person", "opened_at"),
        (SurveyAnswer.objects.filter(person__isnull=False), "person", "answered_at"),
    ):
        whose = {} if people is None else {f"{person}__in": people}
        found = rows.filter(
            account__in=accounts,
            superseded_at__isnull=True,
            **{f"{at}__gte": since, f"{at}__lt": until},
            **whose,
        )
        told.append(found.order_by().values_list("account_id", person, at))
    yield from told[0].union(*told[1:], all=True).iterator()
