"""Checks of events, aggregated per account by DuckDB over the event store in one scan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import duckdb
import pyarrow as pa
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.events.models import AccountRef, Identifier, StoreFile
from tenure.events.selectors import store_snapshot
from tenure.intake.findings.found import Check, Found
from tenure.intake.models import Finding

GRACE = timedelta(days=1)
_STAMP = pa.timestamp("us", "UTC")
_QUERY = """
SELECT e.account_id,
    count(*) FILTER (WHERE e.occurred_at < s.first AND a.id IS NULL) AS early,
    epoch_us(min(e.occurred_at)
        FILTER (WHERE e.occurred_at < s.first AND a.id IS NULL)) AS earliest,
    count(*) FILTER (WHERE e.occurred_at > s.last) AS late,
    epoch_us(max(e.occurred_at) FILTER (WHERE e.occurred_at > s.last)) AS latest,
    count(*) FILTER (WHERE e.occurred_at > $ahead) AS ahead,
    epoch_us(max(e.occurred_at) FILTER (WHERE e.occurred_at > $ahead)) AS furthest
FROM events e LEFT JOIN spans s USING (account_id) LEFT JOIN anonymous a ON a.id = e.actor_id
GROUP BY e.account_id
HAVING early > 0 OR late > 0 OR ahead > 0
ORDER BY e.account_id
"""


@dataclass(frozen=True)
class Span:
    """When an account's subscriptions began, and when the last one ended (None: it has not)."""

    first: datetime
    last: datetime | None


def spans() -> dict[int, Span]:
    """The span of every account that has subscriptions."""
    rows = SubscriptionPeriod.objects.filter(superseded_at__isnull=True)
    first: dict[int, datetime] = {}
    ends: dict[int, dict[str, tuple[datetime, datetime | None]]] = {}
    for account, name, start, end in rows.values_list(
        "account_id", "external_id", "started_at", "ended_at"
    ).iterator():
        first[account] = min(first.get(account, start), start)
        known = ends.setdefault(account, {}).get(name)
        if known is None or known[0] < start:
            ends[account][name] = (start, end)
    return {account: Span(start, _last_end(ends[account])) for account, start in first.items()}


def _last_end(ends: dict[str, tuple[datetime, datetime | None]]) -> datetime | None:
    found = [end for _start, end in ends.values()]
    known = [end for end in found if end is not None]
    return max(known) if len(known) == len(found) else None


Row = tuple[int, int, int | None, int, int | None, int, int | None]


class Usage:
    """One scan of the store, shared by the checks of one refresh."""

    def __init__(self) -> None:
        self.rows = cache(self._scan)

    def _scan(self) -> list[Row]:
        snapshot = store_snapshot()
        if not snapshot.files:
            return []
        held = spans()
        table = pa.table(
            {
                "account_id": pa.array(list(held), pa.int64()),
                "first": pa.array([s.first for s in held.values()], _STAMP),
                "last": pa.array([s.last and s.last + GRACE for s in held.values()], _STAMP),
            }
        )
        with duckdb.connect(config={"threads": 2, "memory_limit": "512MB"}) as connection:
            connection.execute("SET enable_progress_bar_print = false")
            connection.register("spans", table)
            connection.register("anonymous", _anonymous())
            if snapshot.local:
                events = connection.read_parquet(snapshot.paths())
                events.create_view("events")
            else:
                connection.register("events", snapshot.dataset())
            ahead = clock.now() + GRACE
            rows: list[Row] = connection.execute(_QUERY, {"ahead": ahead}).fetchall()
        return rows

    def early(self) -> Iterator[Found]:
        """Events before the account's first subscription started."""
        for account, count, earliest, *_rest in self.rows():
            if account and count:
                yield Found(account, count, {"example": _day(earliest)})

    def late(self) -> Iterator[Found]:
        """Events after all of the account's subscriptions had ended."""
        for account, _early, _earliest, count, latest, *_rest in self.rows():
            if account and count:
                yield Found(account, count, {"example": _day(latest)})

    def ahead(self) -> Iterator[Found]:
        """Events dated after today."""
        for row in self.rows():
            if row[5]:
                yield Found(row[0] or None, row[5], {"example": _day(row[6])})


def _anonymous() -> pa.Table:
    """Identifiers nobody had signed in with: a visit before signing up contradicts nothing."""
    found = Identifier.objects.filter(kind=Identifier.Kind.ANONYMOUS).values_list("pk", flat=True)
    return pa.table({"id": pa.array(list(found.iterator()), pa.int64())})


def _day(microseconds: int | None) -> str:
    return datetime.fromtimestamp((microseconds or 0) / 1e6, UTC).date().isoformat()


def homeless() -> Iterator[Found]:
    """Events that wait for an account."""
    live = StoreFile.objects.filter(retired_at__isnull=True)
    count = live.aggregate(n=Sum("waiting"))["n"]
    if count:
        names = AccountRef.objects.filter(account__isnull=True).order_by("-last_seen_at", "value")
        shown = ", ".join(names.values_list("value", flat=True)[:3])
        yield Found(None, count, {"example": shown or "–"})


def checks() -> tuple[Check, ...]:
    """The checks of one refresh."""
    usage, warning = Usage(), Finding.Severity.WARNING
    return (
        Check(
            "usage_before_start",
            warning,
            "events",
            _(
                "Events before the first subscription started: %(count)s, "
                "the earliest on %(example)s."
            ),
            usage.early,
        ),
        Check(
            "usage_after_end",
            warning,
            "events",
            _("Events after all subscriptions had ended: %(count)s, the latest on %(example)s."),
            usage.late,
        ),
        Check(
            "usage_ahead",
            warning,
            "events",
            _("Events dated after today: %(count)s, the furthest on %(example)s."),
            usage.ahead,
        ),
        Check(
            "events_without_account",
            warning,
            "events",
            _(
                "Events that belong to no account yet: %(count)s. "
                "Account ids that nobody has: %(example)s."
            ),
            homeless,
        ),
    )
