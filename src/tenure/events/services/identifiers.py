"""Rows for the ids that messages name: identifiers, persons, account references."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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


def identifiers_ensure(
    *, kind: str, values: Collection[str], first_events: Mapping[str, datetime] | None = None
) -> dict[str, int]:
    """Keys of identifiers by value, made where missing. `first_events`: of those about to be
    stored the earliest time by value.
    """
    first = first_events or {}
    known = _identifiers(kind, values)
    missing = sorted(set(values) - known.keys())
    earlier = [value for value, (_key, at) in known.items() if _is_earlier(first.get(value), at)]
    if missing or earlier:
        with transaction.atomic():
            identity_lock()
            rows = [Identifier(kind=kind, value=v, first_at=first.get(v)) for v in missing]
            Identifier.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
            known.update(_identifiers(kind, missing))
            _first_events_write(kind, {value: first[value] for value in earlier})
    return {value: key for value, (key, _at) in known.items()}


def _is_earlier(given: datetime | None, held: datetime | None) -> bool:
    return given is not None and (held is None or given < held)


def _first_events_write(kind: str, first: Mapping[str, datetime]) -> None:
    for some in chunks(sorted(first)):
        rows = list(Identifier.objects.filter(kind=kind, value__in=some))
        for row in rows:
            if _is_earlier(first[row.value], row.first_at):
                row.first_at = first[row.value]
        Identifier.objects.bulk_update(rows, ["first_at"], batch_size=400)


def users_ensure(
    *, first_seen: Mapping[str, datetime], first_events: Mapping[str, datetime] | None = None
) -> dict[str, int]:
    """Keys of user ids by value, each with its person. `first_seen`: when each was learned."""
    known = identifiers_ensure(kind=USER, values=first_seen.keys(), first_events=first_events)
    nobody: list[str] = []
    for keys in chunks(known.values()):
        rows = Identifier.objects.filter(pk__in=keys, person__isnull=True)
        nobody += rows.values_list("value", flat=True)
    if nobody:
        with transaction.atomic():
            identity_lock()
            persons = persons_ensure(first_seen={value: first_seen[value] for value in nobody})
            for some in chunks(sorted(nobody)):
                theirs = list(
                    Identifier.objects.filter(kind=USER, value__in=some, person__isnull=True)
                )
                for row in theirs:
                    row.person_id = persons[row.value]
                Identifier.objects.bulk_update(theirs, ["person"], batch_size=400)
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


def _identifiers(kind: str, values: Collection[str]) -> dict[str, tuple[int, datetime | None]]:
    found: dict[str, tuple[int, datetime | None]] = {}
    for some in chunks(sorted(values)):
        rows = Identifier.objects.filter(kind=kind, value__in=some)
        for value, key, at in rows.values_list("value", "pk", "first_at"):
            found[value] = (key, at)
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
