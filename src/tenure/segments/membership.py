"""Writes of who belongs: intervals are opened and closed, never rewritten."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction

from tenure.core import clock
from tenure.segments.models import Belonging, Cause, Segment

BATCH = 2000


@transaction.atomic
def belongings_set(
    *, segment: Segment, members: Collection[int], on: date, cause: Cause
) -> tuple[int, int]:
    """Make the open intervals those of `members` as of a day; how many entered and left.

    Nothing happens where another version has come into force since the members were worked out.
    """
    locked = Segment.objects.select_for_update().get(pk=segment.pk)
    if locked.version != segment.version or (locked.retired_at and cause is not Cause.RETIRED):
        return 0, 0
    # A clock set back must not put anything before the segment was made.
    on = max(on, segment.created_at.date())
    now, wanted = clock.now(), set(members)
    rows = Belonging.objects.select_for_update().filter(segment=segment, left_on__isnull=True)
    there = {row.account_id: row for row in rows}
    gone = [row for account, row in there.items() if account not in wanted]
    for row in gone:
        row.left_on = max(on, row.entered_on)
        row.left_version, row.left_cause = segment.version, cause
    Belonging.objects.bulk_update(gone, ["left_on", "left_version", "left_cause"], batch_size=BATCH)
    came = sorted(wanted - there.keys())
    last = _last_left(segment, came)
    Belonging.objects.bulk_create(
        (
            Belonging(
                segment=segment, account_id=account, entered_on=max(on, last.get(account, on)),
                entered_version=segment.version, entered_cause=cause, recorded_at=now,
            )
            for account in came
        ),
        batch_size=BATCH,
    )  # fmt: skip
    segment.evaluated_on = on
    segment.save(update_fields=["evaluated_on"])
    return len(came), len(gone)


def _last_left(segment: Segment, accounts: Sequence[int]) -> dict[int, date]:
    """When each account left last, so that a new interval begins no earlier."""
    rows = Belonging.objects.filter(segment=segment, left_on__isnull=False)
    ordered = rows.order_by("left_on").values_list("account_id", "left_on")
    wanted = set(accounts)
    return {account: left for account, left in ordered if account in wanted and left is not None}


@transaction.atomic
def history_reckon(
    *, segment: Segment, days: Sequence[date], found: Sequence[Collection[int]]
) -> int:
    """Put the time before a segment was made in front of its history; how many intervals changed.

    `found`: who belonged on each of the days (ascending), by the rule it was made with and by what
    was known then. Those it began with (`Cause.START`) began earlier if they belonged before.
    """
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    if segment.reckoned_from is not None or not days:
        return 0
    made = segment.created_at.date()
    starts = {
        row.account_id: row
        for row in Belonging.objects.filter(
            segment=segment, entered_cause=Cause.START, entered_on=made
        )
    }
    fresh, moved = _before(segment, days, found, made, starts)
    Belonging.objects.bulk_update(
        moved, ["entered_on", "entered_version", "entered_cause"], batch_size=BATCH
    )
    Belonging.objects.bulk_create(fresh, batch_size=BATCH)
    segment.reckoned_from = days[0]
    segment.save(update_fields=["reckoned_from"])
    return len(fresh) + len(moved)


def _before(
    segment: Segment,
    days: Sequence[date],
    found: Sequence[Collection[int]],
    made: date,
    starts: dict[int, Belonging],
) -> tuple[list[Belonging], list[Belonging]]:
    now = clock.now()
    open_since: dict[int, date] = dict.fromkeys(found[0], days[0])
    fresh: list[Belonging] = []
    steps = [*zip(days, map(set, found), strict=True), (made, set(starts))]
    for (_day, before), (day, after) in pairwise(steps):
        fresh += [
            _reckoned(segment, account, open_since.pop(account), day, days[0], now)
            for account in sorted(before - after)
        ]
        if day != made:
            open_since |= dict.fromkeys(after - before, day)
    moved = []
    for account, row in starts.items():
        row.entered_on = open_since.get(account, made)
        row.entered_version = 0
        row.entered_cause = _cause(row.entered_on, days[0])
        moved.append(row)
    return fresh, moved


def _reckoned(
    segment: Segment, account: int, entered: date, left: date, first: date, now: datetime
) -> Belonging:
    return Belonging(
        segment=segment, account_id=account, entered_on=entered, left_on=left,
        entered_version=0, left_version=0, entered_cause=_cause(entered, first),
        left_cause=Cause.CHANGE, recorded_at=now,
    )  # fmt: skip


def _cause(entered: date, first: date) -> str:
    return Cause.START if entered == first else Cause.CHANGE
