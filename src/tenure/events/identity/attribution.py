"""Persons and accounts for arrays of events, from the identity known to the database now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from tenure.accounts.models import Membership, Person
from tenure.events.identity.timelines import (
    GroupFact,
    MembershipSpan,
    Timelines,
    micros,
    timelines,
)
from tenure.events.models import AccountRef, Identifier, IdentityFact

Ints = npt.NDArray[np.int64]
T = TypeVar("T")

CHUNK = 5_000


@dataclass(frozen=True)
class Attribution:
    """For each event: the person and the account, 0 where unknown."""

    persons: Ints
    accounts: Ints


def attribute(actors: Ints, refs: Ints, occurred: Ints) -> Attribution:
    """Resolve identifiers' keys, named accounts' keys and times (microseconds), one per event."""
    person_of = _persons_of(np.unique(actors[actors > 0]))
    persons = _look_up(person_of, actors)
    # An identifier nobody owns yet has a timeline of its own, under its negative key.
    owners = np.where(persons > 0, persons, -actors)
    unnamed = refs == 0
    accounts = np.zeros(len(actors), dtype=np.int64)
    if unnamed.any():
        known = _timelines(np.unique(owners[unnamed]))
        accounts[unnamed] = known.accounts_at(owners[unnamed], occurred[unnamed])
    accounts[~unnamed] = _look_up(_accounts_of(np.unique(refs[~unnamed])), refs[~unnamed])
    return Attribution(persons, accounts)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size`, for queries that name their keys."""
    listed = list(values)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _look_up(mapping: dict[int, int], keys: Ints) -> Ints:
    distinct, inverse = np.unique(keys, return_inverse=True)
    values = np.array([mapping.get(int(key), 0) for key in distinct], dtype=np.int64)
    return values[inverse] if len(keys) else np.zeros(0, dtype=np.int64)


def _persons_of(actors: Ints) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(actors.tolist()):
        rows = Identifier.objects.filter(pk__in=some, person__isnull=False)
        found.update(rows.values_list("pk", "person_id"))
    return found


def _accounts_of(refs: Ints) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(refs.tolist()):
        rows = AccountRef.objects.filter(pk__in=some, account__isnull=False)
        found.update(rows.values_list("pk", "account_id"))
    return found


def _timelines(owners: Ints) -> Timelines:
    persons = owners[owners > 0].tolist()
    groups: dict[int, list[GroupFact]] = defaultdict(list)
    for some in chunks(persons):
        _collect_groups(groups, Q(identifier__person__in=some))
    for some in chunks((-owners[owners < 0]).tolist()):
        _collect_groups(groups, Q(identifier__in=some, identifier__person__isnull=True))
    return timelines(groups, _memberships([p for p in persons if p not in groups]))


def _collect_groups(groups: dict[int, list[GroupFact]], which: Q) -> None:
    rows = IdentityFact.objects.filter(
        which, kind=IdentityFact.Kind.GROUP, account_ref__account__isnull=False
    ).values_list(
        "identifier__person_id",
        "identifier_id",
        "occurred_at",
        "account_ref__account_id",
        "account_ref__value",
    )
    for person, identifier, at, account, name in rows.iterator():
        groups[person or -identifier].append(GroupFact(micros(at), account or 0, name or ""))


def _memberships(persons: list[int]) -> dict[int, list[MembershipSpan]]:
    spans: dict[int, list[MembershipSpan]] = defaultdict(list)
    for some in chunks(persons):
        final = dict(
            Person.objects.filter(merged_into__in=some).values_list("pk", "merged_into_id")
        )
        rows = Membership.objects.filter(person__in=[*some, *final])
        for person, account, since, until in rows.values_list(
            "person_id", "account_id", "since", "until"
        ):
            span = MembershipSpan(account, _micros(since), _micros(until))
            spans[final.get(person) or person].append(span)
    return spans
