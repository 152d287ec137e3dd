"""Storing events: checked, attributed, without duplicates, month by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.db.models import F

from tenure.core import clock
from tenure.events.identity.attribution import attribute
from tenure.events.models import IntakeDay
from tenure.events.services.checking import RowRejected, checked
from tenure.events.services.identifiers import (
    ANONYMOUS,
    Span,
    identifiers_ensure,
    refs_ensure,
    users_ensure,
)
from tenure.events.services.links import Tie, links_add
from tenure.events.services.manifest import (
    Effect,
    Overtaken,
    draft_kept,
    draft_write,
    files_publish,
    live_paths,
    month_lock,
)
from tenure.events.services.position import identity_erasures, identity_position
from tenure.events.store.digests import Digests, digests_of, first_of_each, stored_in
from tenure.events.store.place import Place, current
from tenure.events.store.schema import SCHEMA
from tenure.events.store.statistics import Ints, ints

__all__ = ["IngestResult", "RowRejected", "events_ingest"]


@dataclass(frozen=True)
class IngestResult:
    """What became of a batch. `waiting` of the stored ones have no account yet."""

    stored: int = 0
    duplicate: int = 0
    waiting: int = 0
    rejects: tuple[RowRejected, ...] = ()

    @property
    def rejected(self) -> int:
        """How many rows were refused."""
        return len({reject.row for reject in self.rejects})


def events_ingest(*, table: pa.Table, source: str) -> IngestResult:
    """Store events that are new; when this returns they survive a power cut.

    `source` names the door they came through, for the counts per day.
    """
    incoming, rejects = checked(table)
    digests = digests_of(incoming)
    resolved = _resolve(incoming, digests)
    stored = waiting = 0
    for month, index in _by_month(ints(incoming, "occurred_at")):
        part = None
        while part is None:
            try:
                part = _month_store(current(), month, index, digests, resolved)
            except Overtaken:
                resolved = _resolve(incoming, digests)
        stored += part.num_rows
        waiting += int((ints(part, "account_id") == 0).sum())
    result = IngestResult(stored, incoming.num_rows - stored, waiting, rejects)
    _count(source, result)
    return result


@dataclass(frozen=True)
class _Resolved:
    """Rows as they will be stored, and what of identity they were attributed by."""

    rows: pa.Table
    settled: int
    erasures: int


def _resolve(incoming: pa.Table, digests: Digests) -> _Resolved:
    erasures, position = identity_erasures(), identity_position()
    actors, refs = _identities(incoming)
    who = attribute(actors, refs, ints(incoming, "occurred_at"))
    columns = [
        pa.array(who.accounts),
        pa.array(who.persons),
        pa.array(actors),
        pa.array(refs),
        incoming["event"],
        incoming["occurred_at"],
        incoming["received_at"],
        digests.to_arrow(),
        incoming["properties"],
    ]
    return _Resolved(pa.table(columns, schema=SCHEMA), position, erasures)


def _identities(incoming: pa.Table) -> tuple[Ints, Ints]:
    """The keys of each row's identifier and named account, making the rows they need."""
    users = users_ensure(
        first_seen=_first_times(incoming, "user_id", "received_at"),
        first_events=_first_times(incoming, "user_id", "occurred_at"),
    )
    alone = _first_times(incoming, "anonymous_id", "occurred_at")
    anonymous = identifiers_ensure(kind=ANONYMOUS, values=alone.keys(), first_events=alone)
    refs = refs_ensure(seen=_spans(incoming))
    _ties(incoming, users, anonymous)
    by_user = _keys(incoming["user_id"], users)
    by_anonymous = _keys(incoming["anonymous_id"], anonymous)
    return np.where(by_user > 0, by_user, by_anonymous), _keys(incoming["account_id"], refs)


def _ties(incoming: pa.Table, users: Mapping[str, int], anonymous: Mapping[str, int]) -> None:
    """An event with both ids says that this user used this anonymous id."""
    both = incoming.filter(
        pc.and_(pc.is_valid(incoming["user_id"]), pc.is_valid(incoming["anonymous_id"]))
    )
    if not both.num_rows:
        return
    first = both.group_by(["anonymous_id", "user_id"]).aggregate(
        [("occurred_at", "min"), ("received_at", "min")]
    )
    links_add(
        links=[
            Tie(anonymous[a], users[u], at, received)
            for a, u, at, received in zip(
                *(first[name].to_pylist() for name in first.column_names), strict=True
            )
        ]
    )


def _first_times(incoming: pa.Table, column: str, time: str) -> dict[str, datetime]:
    grouped = incoming.group_by(column).aggregate([(time, "min")])
    pairs = zip(grouped[column].to_pylist(), grouped[f"{time}_min"].to_pylist(), strict=True)
    return {value: at for value, at in pairs if value is not None}


def _spans(incoming: pa.Table) -> dict[str, Span]:
    grouped = incoming.group_by("account_id").aggregate(
        [("occurred_at", "min"), ("occurred_at", "max")]
    )
    rows = zip(*(grouped[name].to_pylist() for name in grouped.column_names), strict=True)
    return {value: Span(first, last) for value, first, last in rows if value is not None}


def _keys(column: pa.ChunkedArray, keys: Mapping[str, int]) -> Ints:
    """The key of each value, 0 for null."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    by_place = np.array([keys[value] for value in encoded.dictionary.to_pylist()] + [0], np.int64)
    places = encoded.indices.fill_null(len(by_place) - 1)
    return np.asarray(by_place[places.to_numpy(zero_copy_only=False)])


def _by_month(occurred: Ints) -> list[tuple[date, Ints]]:
    """Each month (its first day) with the places of its rows, in their order."""
    months = occurred.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return [
        (date(1970 + int(month) // 12, 1 + int(month) % 12, 1), np.flatnonzero(months == month))
        for month in np.unique(months)
    ]


def _month_store(
    place: Place, month: date, index: Ints, all_digests: Digests, resolved: _Resolved
) -> pa.Table:
    """Store the month's rows (at `index`) that are not there yet; returns those.

    The file is written before the month is locked. Files that others added meanwhile are looked
    through under the lock; if they hold any of our events, we write again without those.
    """
    digests, rows = all_digests.take(index), resolved.rows.take(pa.array(index))
    fresh = first_of_each(digests)
    searched: list[str] = []
    while True:
        unsearched = [path for path in live_paths(month) if path not in searched]
        fresh[fresh] = ~stored_in(place, unsearched, digests.take(fresh))
        searched += unsearched
        kept = rows.filter(pa.array(fresh))
        if not kept.num_rows:
            return kept
        draft = draft_write(place=place, month=month, table=kept, settled=resolved.settled)
        with draft_kept(place, draft), transaction.atomic():
            month_lock(month)
            added = [path for path in live_paths(month) if path not in searched]
            if not stored_in(place, added, digests.take(fresh)).any():
                effect = Effect.of_new(kept)
                files_publish(drafts=[draft], effect=effect, erasures=resolved.erasures)
                return kept
        place.delete(draft.path)


@transaction.atomic
def _count(source: str, result: IngestResult) -> None:
    row, _made = IntakeDay.objects.get_or_create(day=clock.now().astimezone(UTC), source=source)
    IntakeDay.objects.filter(pk=row.pk).update(
        stored=F("stored") + result.stored,
        duplicate=F("duplicate") + result.duplicate,
        rejected=F("rejected") + result.rejected,
    )
