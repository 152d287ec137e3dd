"""Moving stored events to the persons and accounts that are known by now."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.db.models import Min, Q, QuerySet

from tenure.core.pipeline import Report, silent
from tenure.events.identity.attribution import attribute
from tenure.events.models import IdentityChange, IdentityState, StoreFile
from tenure.events.services.manifest import (
    Overtaken,
    draft_kept,
    draft_write,
    effect_of_change,
    files_replace,
)
from tenure.events.services.position import identity_erasures, identity_lock, identity_position
from tenure.events.services.refreshing import identity_refresh
from tenure.events.store.digests import Mask
from tenure.events.store.place import Place, current
from tenure.events.store.schema import SCHEMA
from tenure.events.store.statistics import ints

MOST_PASSES = 10


@dataclass(frozen=True)
class ReattributeResult:
    """Files looked into and rewritten, events that have another person or account now."""

    files_read: int = 0
    files_written: int = 0
    events_moved: int = 0


def events_reattribute(*, report: Report = silent) -> ReattributeResult:
    """Attribute events again where identity changed since their files were written."""
    identity_refresh()
    read = written = moved = 0
    # A file that was replaced under our hands comes again under its new name.
    for _pass in range(MOST_PASSES):
        pending = _behind(identity_position())
        for done, file in enumerate(pending):
            report(done, len(pending))
            result = _settle(current(), file)
            read += result.files_read
            written += result.files_written
            moved += result.events_moved
        if not pending:
            break
    _changes_forget()
    return ReattributeResult(read, written, moved)


def _behind(position: int) -> list[StoreFile]:
    rows = StoreFile.objects.filter(retired_at__isnull=True, settled__lt=position)
    return list(rows.order_by("month", "pk"))


def _settle(place: Place, file: StoreFile) -> ReattributeResult:
    erasures, position = identity_erasures(), identity_position()
    try:
        before, after = _before_and_after(place, file)
    except FileNotFoundError:
        if StoreFile.objects.filter(pk=file.pk, retired_at__isnull=True).exists():
            raise
        return ReattributeResult()
    moved = 0 if after is None else _differing(before, after)
    if not moved:
        StoreFile.objects.filter(pk=file.pk).update(settled=position)
        return ReattributeResult(files_read=int(before is not None))
    draft = draft_write(place=place, month=file.month, table=after, settled=position)
    effect = effect_of_change(before, after)
    try:
        with draft_kept(place, draft):
            done = files_replace(old=[file], drafts=[draft], effect=effect, erasures=erasures)
    except Overtaken:
        return ReattributeResult(1)
    if not done:
        place.delete(draft.path)
    return ReattributeResult(1, 1, moved) if done else ReattributeResult(1)


def _before_and_after(place: Place, file: StoreFile) -> tuple[pa.Table, pa.Table]:
    """The file's rows as they are and as they should be; None, None when no change concerns it.

    The identifiers alone are read first, they are a small part of a file.
    """
    changes = _changes_for(file)
    if changes is not None and not changes.exists():
        return None, None
    slim = place.read(file.path, ["actor_id", "ref_id"])
    concerned = _concerned(slim, changes)
    if not concerned.any():
        return slim, None
    before = place.read(file.path)
    return before, _attributed(before, concerned)


def _changes_for(file: StoreFile) -> QuerySet[IdentityChange] | None:
    """The changes a file has not seen; None when they are no longer listed."""
    forgotten = IdentityState.objects.filter(forgotten__gt=file.settled)
    if forgotten.exists():
        return None
    in_time = Q(since__isnull=True) | Q(since__lte=file.occurred_max)
    return IdentityChange.objects.filter(in_time, position__gt=file.settled)


def _concerned(slim: pa.Table, changes: QuerySet[IdentityChange] | None) -> Mask:
    actors, refs = ints(slim, "actor_id"), ints(slim, "ref_id")
    # What was erased has neither; its account stays what it was.
    somebody = (actors > 0) | (refs > 0)
    if changes is None:
        return np.asarray(somebody)
    rows = list(changes.values_list("identifier_id", "account_ref_id"))
    identifiers = np.array(sorted({i for i, _ref in rows if i}), dtype=np.int64)
    named = np.array(sorted({ref for _i, ref in rows if ref}), dtype=np.int64)
    return np.asarray(somebody & (np.isin(actors, identifiers) | np.isin(refs, named)))


def _attributed(before: pa.Table, concerned: Mask) -> pa.Table:
    who = attribute(
        ints(before, "actor_id")[concerned],
        ints(before, "ref_id")[concerned],
        ints(before, "occurred_at")[concerned],
    )
    accounts, persons = ints(before, "account_id").copy(), ints(before, "person_id").copy()
    accounts[concerned], persons[concerned] = who.accounts, who.persons
    columns: Sequence[pa.Array] = [pa.array(accounts), pa.array(persons), *before.columns[2:]]
    return pa.table(columns, schema=SCHEMA)


def _differing(before: pa.Table, after: pa.Table) -> int:
    accounts = ints(before, "account_id") != ints(after, "account_id")
    persons = ints(before, "person_id") != ints(after, "person_id")
    return int((accounts | persons).sum())


@transaction.atomic
def _changes_forget() -> None:
    """Drop changes that every live file has seen."""
    live = StoreFile.objects.filter(retired_at__isnull=True)
    seen = live.aggregate(seen=Min("settled"))["seen"]
    if seen is None or not IdentityChange.objects.filter(position__lte=seen).exists():
        return
    identity_lock()
    IdentityChange.objects.filter(position__lte=seen).delete()
    IdentityState.objects.filter(pk=1, forgotten__lt=seen).update(forgotten=seen)
