"""Naming files in the manifest and retiring others, with what depends on it, in one commit."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.db.models import F

from tenure.core import clock
from tenure.events.models import AccountRef, DirtyWeek, StoreFile, StoreMonth
from tenure.events.store.place import Place, new_path
from tenure.events.store.statistics import (
    LISTED_ACCOUNTS,
    Ints,
    Week,
    ints,
    ranges,
    waiting_by_ref,
    weeks_touched,
)


@dataclass(frozen=True)
class Draft:
    """A file that is written and not yet in the manifest. `stats`: the manifest's columns."""

    path: str
    month: date
    settled: int
    stats: dict[str, Any]


@dataclass
class Effect:
    """What a change of the manifest means for others: weeks to recompute, who waits."""

    weeks: list[Week] = field(default_factory=list)
    waiting: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of_new(cls, table: pa.Table) -> "Effect":
        """Of rows that were not there before."""
        accounts = ints(table, "account_id")
        waiting = waiting_by_ref(accounts, ints(table, "ref_id"))
        return cls(weeks_touched(accounts, ints(table, "occurred_at")), Counter(waiting))


def draft_write(*, place: Place, month: date, table: pa.Table, settled: int) -> Draft:
    """Sort rows of one month and write them to a new file, durably."""
    order = np.lexsort((ints(table, "occurred_at"), ints(table, "account_id")))
    ordered = table.take(pa.array(order)).combine_chunks()
    path = new_path(month)
    size = place.write(ordered, path)
    return Draft(path, month, settled, {**ranges(ordered), "bytes": size})


def month_lock(month: date) -> None:
    """Make this transaction the only one that adds files to the month until it ends."""
    StoreMonth.objects.get_or_create(month=month)
    StoreMonth.objects.select_for_update().get(month=month)


def live_paths(month: date) -> list[str]:
    """The month's files, as of now."""
    rows = StoreFile.objects.filter(month=month, retired_at__isnull=True)
    return list(rows.order_by("pk").values_list("path", flat=True))


def files_publish(*, drafts: Sequence[Draft], effect: Effect) -> None:
    """Name new files in the manifest; in the caller's transaction."""
    now = clock.now()
    StoreFile.objects.bulk_create(
        [
            StoreFile(
                path=draft.path,
                month=draft.month,
                settled=draft.settled,
                created_at=now,
                **draft.stats,
            )
            for draft in drafts
        ]
    )
    _weeks_mark(effect.weeks)
    for ref, change in sorted(effect.waiting.items()):
        if change:
            AccountRef.objects.filter(pk=ref).update(waiting=F("waiting") + change)


def files_replace(*, old: Sequence[StoreFile], drafts: Sequence[Draft], effect: Effect) -> bool:
    """Put new files in the place of old ones, if those are all still live. False: they are not."""
    with transaction.atomic():
        live = StoreFile.objects.select_for_update().filter(
            pk__in=[file.pk for file in old], retired_at__isnull=True
        )
        if len(live.order_by("pk").values_list("pk", flat=True)) < len(old):
            return False
        live.update(retired_at=clock.now())
        files_publish(drafts=drafts, effect=effect)
        return True


def effect_of_move(accounts: Ints, after: Ints, refs: Ints, occurred: Ints) -> Effect:
    """Of rows that changed their account, given all rows before and after."""
    moved = accounts != after
    both = np.concatenate([accounts[moved], after[moved]])
    waiting: Counter[int] = Counter(waiting_by_ref(after, refs))
    waiting.subtract(waiting_by_ref(accounts, refs))
    return Effect(weeks_touched(both, np.tile(occurred[moved], 2)), waiting)


def _weeks_mark(weeks: Iterable[Week]) -> None:
    now = clock.now()
    DirtyWeek.objects.bulk_create(
        [
            DirtyWeek(
                week=week.start,
                account_min=int(week.accounts[0]),
                account_max=int(week.accounts[-1]),
                created_at=now,
                detail={"accounts": week.accounts.tolist()}
                if len(week.accounts) <= LISTED_ACCOUNTS
                else {},
            )
            for week in weeks
        ]
    )
