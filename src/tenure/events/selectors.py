"""Reads of the event store and of identity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Max, Min, QuerySet, Sum

from tenure.accounts.models import Account, Person
from tenure.core import clock
from tenure.events.models import AccountRef, IntakeDay, StoreFile
from tenure.events.store.place import current
from tenure.events.store.schema import STAMP
from tenure.events.store.snapshot import Snapshot, SnapshotFile


def store_snapshot() -> Snapshot:
    """The live files now. Take it once; what happens to the store later does not disturb it."""
    files = tuple(
        SnapshotFile(*row)
        for row in _live()
        .order_by("month", "pk")
        .values_list(
            "path", "month", "rows", "account_min", "account_max", "occurred_min", "occurred_max"
        )
    )
    return Snapshot(current().url, files)


def _live() -> QuerySet[StoreFile]:
    return StoreFile.objects.filter(retired_at__isnull=True)


def unmatched_accounts(limit: int = 100) -> list[AccountRef]:
    """Account ids that events name and no account carries, most waiting events first."""
    rows = AccountRef.objects.filter(account__isnull=True, waiting__gt=0)
    return list(rows.order_by("-waiting", "value")[:limit])


@dataclass(frozen=True)
class MatchRate:
    """How many stored events have an account, and how many a person."""

    events: int
    with_account: int
    with_person: int

    @property
    def account_share(self) -> float | None:
        """Share with an account, 0 to 1; None without events."""
        return self.with_account / self.events if self.events else None

    @property
    def person_share(self) -> float | None:
        """Share with a person, 0 to 1; None without events."""
        return self.with_person / self.events if self.events else None


def identity_match_rate() -> MatchRate:
    """Over everything stored, from the manifest alone."""
    sums = _live().aggregate(rows=Sum("rows"), waiting=Sum("waiting"), nobody=Sum("anonymous"))
    rows, waiting, nobody = (int(sums[key] or 0) for key in ("rows", "waiting", "nobody"))
    return MatchRate(rows, rows - waiting, rows - nobody)


@dataclass(frozen=True)
class Intake:
    """What came in on a day, through all doors or one."""

    day: date
    source: str
    stored: int
    duplicate: int
    rejected: int


def intake_rate(days: int = 30) -> list[Intake]:
    """Per day of receipt and door, oldest first; days without any are left out."""
    first = clock.today() - timedelta(days=days - 1)
    rows = IntakeDay.objects.filter(day__gte=first).order_by("day", "source")
    return [Intake(r.day, r.source, r.stored, r.duplicate, r.rejected) for r in rows]


@dataclass(frozen=True)
class Freshness:
    """The oldest and newest event there is, and when events last came in."""

    oldest_event_at: datetime | None
    newest_event_at: datetime | None
    last_stored_at: datetime | None


def freshness() -> Freshness:
    """From the manifest alone."""
    ends = _live().aggregate(
        first=Min("occurred_min"), last=Max("occurred_max"), made=Max("created_at")
    )
    return Freshness(ends["first"], ends["last"], ends["made"])


@dataclass(frozen=True)
class ProductEvent:
    """One event as an account's timeline shows it. `properties` is JSON as it came."""

    event: str
    occurred_at: datetime
    person: Person | None
    properties: str | None


def events_of(
    account: Account,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[ProductEvent]:
    """The account's newest events with since <= time < until, newest first.

    Reads month by month backwards, and of each file only row groups that may hold the account.
    """
    snapshot = store_snapshot().narrowed(
        account_from=account.pk, account_to=account.pk, since=since, until=until
    )
    rows: list[dict[str, Any]] = []
    for month in sorted({file.month for file in snapshot.files}, reverse=True):
        files = tuple(file for file in snapshot.files if file.month == month)
        rows += _newest_of(Snapshot(snapshot.url, files), account.pk, since, until, limit)
        if len(rows) >= limit:
            break
    return _told(rows[:limit])


def _newest_of(
    snapshot: Snapshot, account: int, since: datetime | None, until: datetime | None, limit: int
) -> Sequence[dict[str, Any]]:
    wanted = pc.field("account_id") == account
    if since is not None:
        wanted &= pc.field("occurred_at") >= pa.scalar(since, STAMP)
    if until is not None:
        wanted &= pc.field("occurred_at") < pa.scalar(until, STAMP)
    table = snapshot.dataset().to_table(
        columns=["event", "occurred_at", "person_id", "message_id", "properties"], filter=wanted
    )
    keys = [("occurred_at", "descending"), ("message_id", "ascending")]
    newest = table.take(pc.select_k_unstable(table, limit, keys))
    listed: list[dict[str, Any]] = newest.to_pylist()
    return listed


def _told(rows: Sequence[dict[str, Any]]) -> list[ProductEvent]:
    people = Person.objects.in_bulk({row["person_id"] for row in rows} - {0})
    return [
        ProductEvent(
            row["event"], row["occurred_at"], people.get(row["person_id"]), row["properties"]
        )
        for row in rows
    ]
