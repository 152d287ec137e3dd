"""Bulk recording of dated facts: a changed row supersedes the one before, an equal one is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from django.db import transaction

from tenure.core import clock, reasons
from tenure.core.insertion import fields_of, insert, rows_of
from tenure.core.models import RecordedFact

CHUNK = 2_000
Values: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[Any, ...]


class RowReject(NamedTuple):
    """A row (by its place among those given) that was not taken, or, if `kept`, one cell of it."""

    row: int
    column: str
    value: str
    reason: str
    kept: bool = False


@dataclass(frozen=True)
class Written:
    """What a bulk write did. `changed`: the places of the rows that were written, in order;
    `created`: those among them that were new, where that matters.
    """

    loaded: int = 0
    unchanged: int = 0
    rejected: tuple[RowReject, ...] = ()
    changed: tuple[int, ...] = ()
    created: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """How facts of one model are told apart and when each part of them became known.

    `key`: the columns that name a fact. `born`: the column with its own date. `later`: columns
    that came to be known only on the date in another column (a ticket's resolution, say).
    """

    model: type[RecordedFact]
    key: tuple[str, ...]
    born: str
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def blank(self, column: str) -> Any:
        """The value of a column not known yet."""
        found = next(f for f in fields_of(self.model) if f.attname == column)
        return None if found.null else found.get_default()


@dataclass(frozen=True)
class Recorded:
    """What `facts_record` did; `written`: the places of the rows written."""

    written: frozenset[int]
    unchanged: int
    rejected: tuple[RowReject, ...]


def written(recorded: Recorded, refused: Sequence[RowReject] = ()) -> Written:
    """The counts of a `Recorded`, with rows refused before it."""
    rejected = tuple(sorted((*refused, *recorded.rejected)))
    return Written(
        len(recorded.written), recorded.unchanged, rejected, tuple(sorted(recorded.written))
    )


@transaction.atomic
def facts_record(
    *,
    ledger: Ledger,
    rows: Sequence[tuple[int, Values]],
    at: datetime | None = None,
    history: bool = False,
    fresh: Values | None = None,
    forced: Callable[[int], bool] = lambda row: False,
) -> Recorded:
    """Record (place, values) rows. Columns a row leaves out keep their current value.

    `history`: each part is recorded on its own date instead of now. `fresh`: what a new fact has
    where its row says nothing. `forced` names rows to write although their columns are equal
    (their people changed, say).
    """
    moment = at or clock.now()
    last, rejected, repeated = _last_of_each(ledger, rows)
    batch = _Batch(ledger, moment, history, fresh or {}, forced)
    done: set[int] = set()
    for start in range(0, len(last), CHUNK):
        done |= _record_chunk(batch, last[start : start + CHUNK])
    return Recorded(frozenset(done), len(last) - len(done) + repeated, tuple(rejected))


def _last_of_each(
    ledger: Ledger, rows: Sequence[tuple[int, Values]]
) -> tuple[list[tuple[int, Values]], list[RowReject], int]:
    """Of rows with one key the last counts; earlier ones that differ are told, not lost."""
    place: dict[Key, int] = {}
    for position, (_index, values) in enumerate(rows):
        place[tuple(values[k] for k in ledger.key)] = position
    if len(place) == len(rows):
        return list(rows), [], 0
    keep, rejected, repeated = [], [], 0
    for position, (index, values) in enumerate(rows):
        winner = place[tuple(values[k] for k in ledger.key)]
        if winner == position:
            keep.append((index, values))
        elif rows[winner][1] == values:
            repeated += 1
        else:
            name = str(values[ledger.key[0]])
            rejected.append(RowReject(index, "id", name, reasons.LATER_ROW))
    return keep, rejected, repeated


@dataclass(frozen=True)
class _Batch:
    ledger: Ledger
    at: datetime
    history: bool
    fresh: Values
    forced: Callable[[int], bool]


def _record_chunk(batch: _Batch, rows: Sequence[tuple[int, Values]]) -> set[int]:
    ledger = batch.ledger
    current = _current(ledger, rows)
    new: list[Values] = []
    ended: list[tuple[datetime, int]] = []
    done = set()
    for index, values in rows:
        old = current.get(tuple(values[k] for k in ledger.key))
        if old is None:
            new += _versions(batch, {**batch.fresh, **values})
        elif batch.forced(index) or any(old[c] != v for c, v in values.items()):
            new.append(_correction(batch, old, values))
            ended.append((new[-1]["recorded_at"], old["pk"]))
        else:
            continue
        done.add(index)
    for moment, group in groupby(sorted(ended), key=lambda pair: pair[0]):
        keys = [pk for _moment, pk in group]
        rows_of(ledger.model).filter(pk__in=keys).update(superseded_at=moment)
    insert(ledger.model, new)
    return done


def _columns(model: type[RecordedFact]) -> list[str]:
    skipped = {"id", "superseded_at"}
    return [f.attname for f in fields_of(model) if f.attname not in skipped]


def _current(ledger: Ledger, rows: Sequence[tuple[int, Values]]) -> dict[Key, Values]:
    """The current rows that share the first key column with those given."""
    first = ledger.key[0]
    found = (
        rows_of(ledger.model)
        .filter(
            superseded_at__isnull=True, **{f"{first}__in": {values[first] for _i, values in rows}}
        )
        .values("pk", *_columns(ledger.model))
    )
    return {tuple(row[k] for k in ledger.key): dict(row) for row in found}


def _correction(batch: _Batch, old: Values, values: Values) -> Values:
    """The version that replaces `old`; in a history, dated when its newest part became known."""
    full = {**old, **values, "recorded_at": batch.at}
    del full["pk"]
    if batch.history:
        dates = [full[c] for c in (batch.ledger.born, *batch.ledger.later)]
        full["recorded_at"] = max(_within(dates, batch.at), old["recorded_at"])
    return full


def _within(dates: Sequence[datetime | date | None], at: datetime) -> datetime:
    """The latest of the dates, never after `at`; `at` itself when there are none."""
    moments = [as_moment(d) for d in dates if d is not None]
    return min(max(moments), at) if moments else at


def as_moment(day: datetime | date) -> datetime:
    """A time as it is; a day as its first moment in UTC."""
    return day if isinstance(day, datetime) else datetime.combine(day, time.min, UTC)


def _versions(batch: _Batch, values: Values) -> list[Values]:
    """A new fact: one version, or in a history one for each date on which more became known."""
    if not batch.history:
        return [{**values, "recorded_at": batch.at}]
    ledger = batch.ledger
    birth = _within([values.get(ledger.born)], batch.at)
    steps = sorted(
        (min(values[column], batch.at), column)
        for column in ledger.later
        if values.get(column) is not None and min(values[column], batch.at) > birth
    )
    known = dict(values)
    for _moment, column in steps:
        known.update((c, ledger.blank(c)) for c in ledger.later[column] if c in values)
    versions = [{**known, "recorded_at": birth}]
    for moment, column in steps:
        known.update((c, values[c]) for c in ledger.later[column] if c in values)
        if versions[-1]["recorded_at"] == moment:
            versions.pop()
        else:
            versions[-1]["superseded_at"] = moment
        versions.append({**known, "recorded_at": moment})
    return versions
