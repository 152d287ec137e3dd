"""Rows for the ids that messages name: identifiers, persons, account references."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Greatest, Least

from tenure.accounts.models import Account, Person
from tenure.events.identity.attribution import chunks
from tenure.events.models import AccountRef, Identifier
from tenure.events.services.position import identity_lock

USER = Identifier.Kind.USER
ANONYMOUS = Identifier.Kind.ANONYMOUS
LONGEST_USER_ID = 200
LONGEST_ID = 300


@dataclass
class Known:
    """Keys of the identifiers of one kind by their value, and which of them are new."""

    keys: dict[str, int] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)


def identifiers_ensure(*, kind: str, values: Collection[str]) -> Known:
    """Find or make the rows of identifiers."""
    known = Known(_identifiers(kind, values))
    missing = sorted(set(values) - known.keys.keys())
    if missing:
        with transaction.atomic():
            identity_lock()
            rows = [Identifier(kind=kind, value=value) for value in missing]
            Identifier.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
            made = _identifiers(kind, missing)
        known.keys.update(made)
        known.new.update(made.values())
    return known


def users_ensure(*, first_seen: Mapping[str, datetime]) -> Known:
    """Find or make the identifiers of user ids, each with its person. By value: when first seen."""
    known = identifiers_ensure(kind=USER, values=first_seen.keys())
    nobody: list[str] = []
    for keys in chunks(known.keys.values()):
        rows = Identifier.objects.filter(pk__in=keys, person__isnull=True)
        nobody += rows.values_list("value", flat=True)
    if nobody:
        with transaction.atomic():
            identity_lock()
            persons = persons_ensure(first_seen={value: first_seen[value] for value in nobody})
            for some in chunks(nobody):
                rows_ = list(
                    Identifier.objects.filter(kind=USER, value__in=some, person__isnull=True)
                )
                for row in rows_:
                    row.person_id = persons[row.value]
                Identifier.objects.bulk_update(rows_, ["person"], batch_size=400)
    return known


def persons_ensure(*, first_seen: Mapping[str, datetime]) -> dict[str, int]:
    """Find or make persons by the sender's ids; merged ones lead to whom they became."""
    found = _persons(first_seen)
    missing = sorted(set(first_seen) - found.keys())
    if missing:
        rows = [Person(external_id=value, recorded_at=first_seen[value]) for value in missing]
        Person.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
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


def _identifiers(kind: str, values: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(sorted(values)):
        rows = Identifier.objects.filter(kind=kind, value__in=some)
        found.update(rows.values_list("value", "pk"))
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
