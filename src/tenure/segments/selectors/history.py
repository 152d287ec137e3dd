"""Who belonged when: sizes, movements and weeks of a segment, within what the reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.segments.models import Belonging, Cause, Segment

WEEK = timedelta(days=7)


def members_of(segment: Segment, on: date | None = None) -> frozenset[int]:
    """Keys of the accounts that belong (belonged at the end of a day), by the kept history."""
    return frozenset(_there(segment, on).values_list("account_id", flat=True))


def _there(segment: Segment, on: date | None) -> QuerySet[Belonging]:
    rows = Belonging.objects.filter(segment=segment)
    if on is None:
        return rows.filter(left_on__isnull=True)
    return rows.filter(Q(left_on__isnull=True) | Q(left_on__gt=on), entered_on__lte=on)


@dataclass(frozen=True)
class Size:
    """Accounts now, and those that entered and left since a day by themselves."""

    now: int
    entered: int
    left: int


def sizes(segments: Iterable[Segment], accounts: QuerySet[Account], since: date) -> dict[int, Size]:
    """The size of each segment, of the accounts given, and its movements since a day."""
    rows = (
        Belonging.objects.filter(segment__in=list(segments), account__in=accounts)
        .values("segment_id")
        .annotate(
            now=Count("pk", filter=Q(left_on__isnull=True)),
            came=Count("pk", filter=Q(entered_on__gte=since, entered_cause=Cause.CHANGE)),
            went=Count("pk", filter=Q(left_on__gte=since, left_cause=Cause.CHANGE)),
        )
    )
    return {row["segment_id"]: Size(row["now"], row["came"], row["went"]) for row in rows}


@dataclass(frozen=True)
class Movement:
    """An account entered or left on a day; `reckoned`: found out later, from what was known."""

    account: int
    name: str
    on: date
    entered: bool
    cause: str
    reckoned: bool

    @property
    def cause_name(self) -> str:
        return str(Cause(self.cause).label)


def movements_of(
    segment: Segment, accounts: QuerySet[Account], limit: int | None = None
) -> list[Movement]:
    """Who entered and left, newest first; those it began with are no movement."""
    own = Belonging.objects.filter(segment=segment, account__in=accounts)
    came = own.exclude(entered_cause=Cause.START).order_by("-entered_on", "-pk")
    went = own.filter(left_on__isnull=False).order_by("-left_on", "-pk")
    told: list[tuple[bool, int, date | None, str, int | None]] = [
        (True, *row)
        for row in came.values_list("account_id", "entered_on", "entered_cause", "entered_version")[
            :limit
        ]
    ]
    told += [
        (False, *row)
        for row in went.values_list("account_id", "left_on", "left_cause", "left_version")[:limit]
    ]
    names = dict(Account.objects.filter(pk__in={row[1] for row in told}).values_list("pk", "name"))
    found = [
        Movement(account, names[account], on, entered, cause, version == 0)
        for entered, account, on, cause, version in told
        if on is not None
    ]
    return sorted(found, key=lambda m: (m.on.toordinal() * -1, m.name, m.account, m.entered))[
        :limit
    ]


@dataclass(frozen=True)
class Week:
    """A week from its Monday: who entered, who left, how many belonged at its end."""

    monday: date
    entered: int
    left: int
    size: int


def weeks_of(segment: Segment, accounts: QuerySet[Account], count: int = 26) -> list[Week]:
    """The last weeks with any history, the running one last."""
    own = Belonging.objects.filter(segment=segment, account__in=accounts)
    rows = list(own.values_list("entered_on", "left_on", "entered_cause").annotate(n=Count("pk")))
    began = segment.reckoned_from or clock.today()
    last = clock.week_start(clock.today())
    first = max(last - (count - 1) * WEEK, clock.week_start(began))
    mondays = [first + WEEK * i for i in range((last - first).days // 7 + 1)]
    return [_week(monday, rows) for monday in mondays]


def _week(monday: date, rows: list[tuple[date, date | None, str, int]]) -> Week:
    end = monday + WEEK
    came = [n for come, _, cause, n in rows if monday <= come < end and cause != Cause.START]
    went = [n for _, left, _, n in rows if left is not None and monday <= left < end]
    there = [n for come, left, _, n in rows if come < end and (left is None or left >= end)]
    return Week(monday, sum(came), sum(went), sum(there))


def memberships_of(account: Account, segments: Iterable[Segment]) -> QuerySet[Belonging]:
    """The intervals of one account in some segments, newest first."""
    rows = Belonging.objects.filter(account=account, segment__in=list(segments))
    return rows.select_related("segment").order_by("-entered_on", "-pk")
