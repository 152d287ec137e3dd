"""Naming files in the manifest and retiring others, with what depends on it, in one commit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.db.models import F

from tenure.core import clock
from tenure.events.models import AccountRef, DirtyWeek, StoreFile, StoreMonth
from tenure.events.services.position import identity_lock
from tenure.events.store.place import Place, new_path
from tenure.events.store.statistics import (
    LISTED_ACCOUNTS,
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


@contextmanager
def draft_kept(place: Place, *drafts: Draft) -> Iterator[None]:
    """Delete drafts again when the block that should name them is overtaken.

    Only then: after any other failure the commit may have happened all the same, so their files
    are left to the sweep.
    """
    try:
        yield
    except Overtaken:
        for draft in drafts:
            place.delete(draft.path)
        raise


class Overtaken(Exception):
    """Somebody was erased since these rows were attributed; they must be attributed again."""


def month_lock(month: date) -> None:
    """Make this transaction the only one that adds files to the month until it ends."""
    StoreMonth.objects.get_or_create(month=month)
    StoreMonth.objects.select_for_update().get(month=month)


def live_paths(month: date) -> list[str]:
    """The month's files, as of now."""
    rows = StoreFile.objects.filter(month=month, retired_at__isnull=True)
    return list(rows.order_by("pk").values_list("path", flat=True))


def files_publish(*, drafts: Sequence[Draft], effect: Effect, erasures: int) -> None:
    """Name new files in the manifest; in the caller's transaction.

    `erasures` as it was before the rows were read or attributed. Raises `Overtaken`.
    """
    if identity_lock().erasures != erasures:
        raise Overtaken
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
    weeks_mark(effect.weeks)
    for ref, change in sorted(effect.waiting.items()):
        if change:
            AccountRef.objects.filter(pk=ref).update(waiting=F("waiting") + change)


def files_replace(
    *, old: Sequence[StoreFile], drafts: Sequence[Draft], effect: Effect, erasures: int
) -> bool:
    """Put new files in the place of old ones, if those are all still live. False: they are not.

    Raises `Overtaken` like `files_publish`.
    """
    with transaction.atomic():
        live = StoreFile.objects.select_for_update().filter(
            pk__in=[file.pk for file in old], retired_at__isnull=True
        )
        if len(live.order_by("pk").values_list("pk", flat=True)) < len(old):
            return False
        live.update(retired_at=clock.now())
        files_publish(drafts=drafts, effect=effect, erasures=erasures)
        return True


def effect_of_change(before: pa.Table, after: pa.Table) -> Effect:
    """Of the same rows with other accounts or persons."""
    old, new, refs = ints(before, "account_id"), ints(after, "account_id"), ints(after, "ref_id")
    changed = (old != new) | (ints(before, "person_id") != ints(after, "person_id"))
    occurred = ints(after, "occurred_at")[changed]
    both = np.concatenate([old[changed], new[changed]])
    waiting: Counter[int] = Counter(waiting_by_ref(new, refs))
    waiting.subtract(waiting_by_ref(old, refs))
    return Effect(weeks_touched(both, np.tile(occurred, 2)), waiting)


def weeks_mark(weeks: Iterable[Week]) -> None:
    """Have the metrics of some weeks computed again."""
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
