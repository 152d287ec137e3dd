"""Rows for the ids that messages name: identifiers, persons, account references."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest, Least

from tenure.accounts.models import Account, Person
from tenure.core.insertion import insert, update_column
from tenure.events.identity.attribution import chunks
from tenure.events.models import AccountRef, Identifier, Trait
from tenure.events.services.position import identity_lock

USER = Identifier.Kind.USER
ANONYMOUS = Identifier.Kind.ANONYMOUS
LONGEST_USER_ID = 200
LONGEST_ID = 300


def identifiers_ensure(
    *, kind: str, values: Collection[str], first_events: Mapping[str, datetime] | None = None
) -> dict[str, int]:
    """Keys of identifiers by value, made where missing. `first_events`: of those about to be
    stored the earliest time by value.
    """
    return _ensure(kind, values, first_events or {}, {})


def users_ensure(
    *, first_seen: Mapping[str, datetime], first_events: Mapping[str, datetime] | None = None
) -> dict[str, int]:
    """Keys of user ids by value, each with its person. `first_seen`: when each was learned."""
    return _ensure(USER, first_seen, first_events or {}, first_seen)


class _Row(NamedTuple):
    """What is kept of an identifier."""

    pk: int
    person: int | None
    first_at: datetime | None


def _ensure(
    kind: str,
    values: Collection[str],
    first_events: Mapping[str, datetime],
    people: Mapping[str, datetime],
) -> dict[str, int]:
    def stale(known: Mapping[str, _Row]) -> list[str]:
        return [v for v in values if _stale(known.get(v), first_events.get(v), v in people)]

    known = _identifiers(kind, values)
    if stale(known):
        with transaction.atomic():
            identity_lock()
            known = _identifiers(kind, values)
            todo = sorted(stale(known))
            persons = persons_ensure(first_seen={v: people[v] for v in todo if v in people})
            new = [value for value in todo if value not in known]
            insert(
                Identifier,
                [
                    {
                        "kind": kind,
                        "value": value,
                        "person_id": persons.get(value),
                        "first_at": first_events.get(value),
                    }
                    for value in new
                ],
            )
            old = {value: known[value] for value in todo if value in known}
            _identifiers_update(old, persons, first_events)
            known.update(_identifiers(kind, new))
    return {value: row.pk for value, row in known.items()}


def _identifiers_update(
    rows: Mapping[str, _Row], persons: Mapping[str, int], first_events: Mapping[str, datetime]
) -> None:
    nobody = {r.pk: persons[v] for v, r in rows.items() if r.person is None and v in persons}
    earlier = {r.pk: first_events[v] for v, r in rows.items() if _earlier(r, first_events.get(v))}
    update_column(Identifier, "person_id", nobody)
    update_column(Identifier, "first_at", earlier)


def _stale(row: _Row | None, first_event: datetime | None, needs_person: bool) -> bool:
    """Whether an identifier's row must be made, or told of an earlier event or of its person."""
    if row is None or (needs_person and row.person is None):
        return True
    return _earlier(row, first_event)


def _earlier(row: _Row, first_event: datetime | None) -> bool:
    return first_event is not None and (row.first_at is None or first_event < row.first_at)


R = TypeVar("R", Identifier, Trait, AccountRef)


def rows_rewrite(*, rows: Sequence[R], fields: Sequence[str]) -> None:
    """Update complete rows in bulk; far quicker than Django's `bulk_update`."""
    if rows:
        type(rows[0]).objects.bulk_create(
            rows,
            batch_size=1_000,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(fields),
        )


def persons_ensure(*, first_seen: Mapping[str, datetime]) -> dict[str, int]:
    """Find or make persons by the sender's ids; merged ones lead to whom they became."""
    found = _persons(first_seen)
    missing = sorted(set(first_seen) - found.keys())
    if missing:
        rows = [{"external_id": v, "recorded_at": first_seen[v]} for v in missing]
        try:
            with transaction.atomic():
                insert(Person, rows)
        except IntegrityError:
            # A file is bringing some of them at this moment.
            Person.objects.bulk_create(
                [Person(**row) for row in rows], ignore_conflicts=True, batch_size=1_000
            )
        found.update(_persons(missing))
    return found


@dataclass(frozen=True)
class Span:
    """When something was first and last seen."""

    first: datetime
    last: datetime


@transaction.atomic
def refs_ensure(*, seen: Mapping[str, Span]) -> dict[str, int]:
    """Find or make the references to accounts by the ids that events name."""
    keys = _refs(seen)
    missing = sorted(set(seen) - keys.keys())
    if missing:
        identity_lock()
        accounts = _accounts(missing)
        rows = [
            AccountRef(
                value=value,
                account_id=accounts.get(value),
                first_seen_at=seen[value].first,
                last_seen_at=seen[value].last,
            )
            for value in missing
        ]
        AccountRef.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
        keys.update(_refs(missing))
    _widen(seen)
    return keys


def _widen(seen: Mapping[str, Span]) -> None:
    """Move the first and last time an unmatched id was seen; a matched one's don't matter."""
    for some in chunks(sorted(seen)):
        rows = AccountRef.objects.filter(value__in=some, account__isnull=True)
        for row in rows.order_by("pk").values("pk", "value", "first_seen_at", "last_seen_at"):
            span = seen[row["value"]]
            if span.first < row["first_seen_at"] or span.last > row["last_seen_at"]:
                AccountRef.objects.filter(pk=row["pk"]).update(
                    first_seen_at=Least("first_seen_at", span.first),
                    last_seen_at=Greatest("last_seen_at", span.last),
                )


def _identifiers(kind: str, values: Collection[str]) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for some in chunks(sorted(values)):
        rows = Identifier.objects.filter(kind=kind, value__in=some)
        for value, key, person, first in rows.values_list("value", "pk", "person_id", "first_at"):
            found[value] = _Row(key, person, first)
    return found


def _persons(values: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(sorted(values)):
        rows = Person.objects.filter(external_id__in=some)
        for value, key, final in rows.values_list("external_id", "pk", "merged_into_id"):
            found[value] = final or key
    return found


def _refs(values: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(sorted(values)):
        found.update(AccountRef.objects.filter(value__in=some).values_list("value", "pk"))
    return found


def _accounts(values: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(values):
        rows = Account.objects.filter(external_id__in=some)
        found.update(rows.values_list("external_id", "pk"))
    return found
