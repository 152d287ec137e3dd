"""Erasing a person: from identity at once, then from every file of the store, in its place."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from tenure.accounts.models import AttributeChange, Person
from tenure.core import clock
from tenure.core.pipeline import Report, silent
from tenure.events import inbox
from tenure.events.identity.attribution import chunks
from tenure.events.models import Identifier, PendingErasure, StoreFile, Trait
from tenure.events.services.identifiers import USER
from tenure.events.services.manifest import effect_of_change, weeks_mark
from tenure.events.services.position import identity_lock
from tenure.events.store.digests import Mask
from tenure.events.store.place import Place, current
from tenure.events.store.redaction import Words, redacted
from tenure.events.store.schema import SCHEMA
from tenure.events.store.statistics import ints

_NAMING = ("email", "name", "phone")


@dataclass(frozen=True)
class Family:
    """A person with those merged into them, their identifiers, and all they are called."""

    persons: frozenset[int]
    identifiers: frozenset[int]
    words: Words


@dataclass(frozen=True)
class EraseResult:
    """What erasing took: identifiers removed, inbox rows changed, files rewritten."""

    identifiers: int
    inbox_rows: int
    files: int


def family_of(person: Person) -> Family:
    """Everybody who is this person, and every word that names them, past ones included."""
    final = person.merged_into_id or person.pk
    people = list(Person.objects.filter(pk=final) | Person.objects.filter(merged_into=final))
    persons = frozenset(p.pk for p in people)
    ids = Identifier.objects.filter(person__in=persons) | Identifier.objects.filter(
        kind=USER, value__in=[p.external_id for p in people]
    )
    rows = list(ids.distinct())
    words = {word for p in people for word in (p.external_id, p.email, p.name, p.phone)}
    words |= {row.value for row in rows}
    changes = AttributeChange.objects.filter(person__in=persons, field__in=_NAMING)
    words |= {str(v) for pair in changes.values_list("old", "new") for v in pair if v}
    said = Trait.objects.filter(identifier__in=rows, key__in=_NAMING)
    words |= {str(v) for v in said.values_list("value", flat=True) if v}
    return Family(persons, frozenset(row.pk for row in rows), Words.of(words))


def person_erase(*, person: Person, report: Report = silent) -> EraseResult:
    """Remove the person's identifiers and whatever leads from stored events to them.

    Their events stay counted for their accounts, as nobody's. The person's own row and the other
    rooms belong to `privacy.services.person_erase`.
    """
    return erasure_finish(pending=erasure_begin(person=person), report=report)


@transaction.atomic
def erasure_begin(*, person: Person) -> PendingErasure:
    """Take a person out of identity, and write down what to remove from files."""
    state = identity_lock()
    # Whoever has read rows with these ids must not publish them any more.
    state.erasures += 1
    state.save(update_fields=["erasures"])
    family = family_of(person)
    for some in chunks(sorted(family.identifiers)):
        Identifier.objects.filter(pk__in=some).delete()
    return PendingErasure.objects.create(
        persons=sorted(family.persons),
        identifiers=sorted(family.identifiers),
        words=sorted(family.words.all),
        created_at=clock.now(),
    )


def erasure_finish(*, pending: PendingErasure, report: Report = silent) -> EraseResult:
    """Remove what leads to the person from the inbox and every file; may be run again."""
    family = Family(
        frozenset(pending.persons), frozenset(pending.identifiers), Words.of(pending.words)
    )
    changed = inbox.redact(family.words.telling)
    files = _files_redact(family, report)
    pending.delete()
    return EraseResult(len(family.identifiers), changed, files)


def erasures_resume() -> int:
    """Finish what was interrupted; how many there were."""
    pending = list(PendingErasure.objects.order_by("pk"))
    for one in pending:
        erasure_finish(pending=one)
    return len(pending)


def _files_redact(family: Family, report: Report) -> int:
    """Go through all files there are, also retired ones and what crashed writers left."""
    place, done = current(), 0
    paths = [path for path, _stamp in place.list() if path.endswith(".parquet")]
    for at, path in enumerate(paths):
        report(at, len(paths))
        try:
            done += _file_redact(place, path, family)
        except FileNotFoundError:
            continue
    report(len(paths), len(paths))
    return done


def _file_redact(place: Place, path: str, family: Family) -> bool:
    """Write the file again under its name, whole or not at all: who reads it is not disturbed."""
    slim = place.read(path, ["person_id", "actor_id", "event", "properties"])
    own = _is_in(slim, "person_id", family.persons) | _is_in(slim, "actor_id", family.identifiers)
    naming = own | _names(slim, "properties", family.words) | _names(slim, "event", family.words)
    if not naming.any():
        return False
    before = place.read(path)
    after = _redacted(before, own, naming, family.words)
    size = place.write(after, path)
    with transaction.atomic():
        nobody = int((ints(after, "person_id") == 0).sum())
        StoreFile.objects.filter(path=path).update(bytes=size, anonymous=nobody)
        if StoreFile.objects.filter(path=path, retired_at__isnull=True).exists():
            weeks_mark(effect_of_change(before, after).weeks)
    return True


def _is_in(table: pa.Table, column: str, keys: Collection[int]) -> Mask:
    return np.asarray(np.isin(ints(table, column), np.array(sorted(keys), dtype=np.int64)))


def _names(table: pa.Table, column: str, words: Words) -> Mask:
    found = np.zeros(table.num_rows, dtype=bool)
    for needle in words.needles:
        hit = pc.match_substring(table[column], needle, ignore_case=True)
        found |= pc.fill_null(hit, False).to_numpy(zero_copy_only=False)
    return found


def _redacted(table: pa.Table, own: Mask, naming: Mask, words: Words) -> pa.Table:
    rows = np.flatnonzero(naming)
    properties = table["properties"].to_pylist()
    events = table["event"].to_pylist()
    for row in rows.tolist():
        properties[row] = redacted(properties[row], words, own=bool(own[row]))
        events[row] = words.without(events[row])
    columns = {name: table[name] for name in SCHEMA.names}
    for name in ("person_id", "actor_id"):
        columns[name] = pa.array(np.where(own, 0, ints(table, name)))
    columns["properties"] = pa.array(properties, pa.string())
    columns["event"] = pa.array(events, pa.string())
    return pa.table(columns, schema=SCHEMA)
