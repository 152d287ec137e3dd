"""Ties between identifiers: facts kept once, then who is who worked out again where they touch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import Q

from tenure.accounts.models import Person
from tenure.events.identity.attribution import chunks
from tenure.events.identity.components import components
from tenure.events.models import Identifier, IdentityFact, Trait
from tenure.events.services.identifiers import ANONYMOUS, USER, persons_ensure, rows_rewrite
from tenure.events.services.position import Moved, changes_log, identity_lock
from tenure.events.services.traits import persons_describe

LINK, ALIAS, GROUP = IdentityFact.Kind.LINK, IdentityFact.Kind.ALIAS, IdentityFact.Kind.GROUP


Move: TypeAlias = tuple[int, int | None, int | None]
"""Identifier, person before, person after."""


@dataclass(frozen=True)
class Tie:
    """An identifier belongs to another: anonymous id to user (link), old to new user id (alias)."""

    identifier: int
    other: int
    occurred_at: datetime
    recorded_at: datetime


@transaction.atomic
def links_add(*, links: Sequence[Tie], aliases: Sequence[Tie] = ()) -> None:
    """Keep ties (of each pair the earliest) and move identifiers to whom they belong by all."""
    # Most batches repeat ties that are known; those need no lock.
    if not _news(links, LINK) and not _news(aliases, ALIAS):
        return
    identity_lock()
    fresh_links = _keep(links, LINK)
    fresh_aliases = _keep(aliases, ALIAS)
    moves = _merge({key for tie in fresh_aliases for key in (tie.identifier, tie.other)})
    moves += _adopt({tie.identifier for tie in fresh_links}, {key for key, _old, _new in moves})
    changes_log(_concerned(moves))
    persons_describe(
        persons={after for _key, _before, after in moves if after is not None},
        withdrawn=_traits_lost(moves),
    )


def _traits_lost(moves: Sequence[Move]) -> dict[int, dict[str, Any]]:
    """What was said of identifiers, for the persons they turned out not to belong to."""
    before = {key: person for key, person, _after in moves if person is not None}
    lost: dict[int, dict[str, Any]] = defaultdict(dict)
    for some in chunks(before):
        rows = Trait.objects.filter(identifier__in=some, identifier__kind=ANONYMOUS)
        for row in rows.select_related("identifier"):
            if row.identifier is not None:
                lost[before[row.identifier.pk]][row.key] = row.value
    return lost


def _news(ties: Sequence[Tie], kind: str) -> list[Tie]:
    """Ties that are not kept yet, or kept with a later time."""
    earliest: dict[tuple[int, int], Tie] = {}
    for tie in ties:
        key = (tie.identifier, tie.other)
        if key not in earliest or tie.occurred_at < earliest[key].occurred_at:
            earliest[key] = tie
    kept: dict[tuple[int, int | None], datetime] = {}
    for some in chunks(sorted({identifier for identifier, _other in earliest})):
        rows = IdentityFact.objects.filter(kind=kind, identifier__in=some)
        for identifier, other, at in rows.values_list("identifier_id", "other_id", "occurred_at"):
            kept[identifier, other] = at
    return [tie for key, tie in earliest.items() if key not in kept or tie.occurred_at < kept[key]]


def _keep(ties: Sequence[Tie], kind: str) -> list[Tie]:
    news = _news(ties, kind)
    IdentityFact.objects.bulk_create(
        [
            IdentityFact(
                kind=kind,
                identifier_id=tie.identifier,
                other_id=tie.other,
                occurred_at=tie.occurred_at,
                recorded_at=tie.recorded_at,
            )
            for tie in news
        ],
        batch_size=1_000,
        ignore_conflicts=True,
    )
    for tie in news:
        IdentityFact.objects.filter(
            kind=kind,
            identifier=tie.identifier,
            other=tie.other,
            occurred_at__gt=tie.occurred_at,
        ).update(occurred_at=tie.occurred_at, recorded_at=tie.recorded_at)
    return news


def _merge(touched: set[int]) -> list[Move]:
    """Give every user id tied by aliases to the touched ones the same person."""
    if not touched:
        return []
    edges = _edges_around(touched)
    keys = {key for edge in edges for key in edge}
    rows = {row.pk: row for row in Identifier.objects.filter(pk__in=keys)}
    by_value = {row.value: row for row in rows.values()}
    named = [(rows[old].value, rows[new].value) for old, new in edges]
    moves: list[Move] = []
    for final, members in components(named):
        person = _merge_persons(final, members)
        for member in members:
            row = by_value[member]
            if row.person_id != person:
                moves.append((row.pk, row.person_id, person))
                Identifier.objects.filter(pk=row.pk).update(person=person)
    return moves


def _edges_around(touched: set[int]) -> set[tuple[int, int]]:
    """All aliases of the groups that hold the touched identifiers."""
    edges: set[tuple[int, int]] = set()
    seen: set[int] = set()
    frontier = set(touched)
    while frontier:
        seen |= frontier
        rows = IdentityFact.objects.filter(
            Q(identifier__in=frontier) | Q(other__in=frontier), kind=ALIAS
        ).values_list("identifier_id", "other_id")
        edges |= {(old, new) for old, new in rows if new is not None}
        frontier = {key for edge in edges for key in edge} - seen
    return edges


def _merge_persons(final: str, members: list[str]) -> int:
    """Let the persons of a group lead to the one it goes by; returns that one."""
    seen = IdentityFact.objects.filter(
        kind=ALIAS, other__kind=USER, other__value__in=members
    ).order_by("recorded_at")
    first = seen.values_list("recorded_at", flat=True)[0]
    persons_ensure(first_seen={final: first})
    person = Person.objects.get(external_id=final)
    if person.merged_into_id is not None:
        person.merged_into = None
        person.save(update_fields=["merged_into"])
    merged = Person.objects.filter(external_id__in=members).exclude(pk=person.pk)
    merged.exclude(merged_into=person.pk).update(merged_into=person)
    return int(person.pk)


def _adopt(touched: set[int], moved_users: set[int]) -> list[Move]:
    """Give anonymous ids to the user who used them first."""
    for some in chunks(moved_users):
        touched |= set(
            IdentityFact.objects.filter(kind=LINK, other__in=some).values_list(
                "identifier_id", flat=True
            )
        )
    owner: dict[int, tuple[datetime, str, int | None]] = {}
    for some in chunks(touched):
        rows = IdentityFact.objects.filter(kind=LINK, identifier__in=some).values_list(
            "identifier_id", "occurred_at", "other__value", "other__person_id"
        )
        for key, at, value, person in rows:
            claim = (at, value or "", person)
            owner[key] = min(owner.get(key, claim), claim, key=lambda c: c[:2])
    moves: list[Move] = []
    for some in chunks(sorted(owner)):
        stale = []
        for row in Identifier.objects.filter(pk__in=some).order_by("pk"):
            owned_by = owner[row.pk][2]
            if row.person_id != owned_by:
                moves.append((row.pk, row.person_id, owned_by))
                row.person_id = owned_by
                stale.append(row)
        rows_rewrite(rows=stale, fields=["person"])
    return moves


def _concerned(moves: Sequence[Move]) -> Iterable[Moved]:
    """Whose stored events may change: the moved identifiers'; and everybody's who gains or loses
    group facts or memberships by the move.
    """
    concerned = {key for key, _before, _after in moves}
    grouped: set[int] = set()
    for some in chunks(concerned):
        rows = IdentityFact.objects.filter(kind=GROUP, identifier__in=some)
        grouped |= set(rows.values_list("identifier_id", flat=True))
    persons = {
        person
        for key, before, after in moves
        if before is not None or key in grouped
        for person in (before, after)
        if person is not None
    }
    return moved_identifiers(concerned | identifiers_of(persons).keys())


def identifiers_of(persons: Collection[int]) -> dict[int, int]:
    """The identifiers of persons, each with its person."""
    found: dict[int, int] = {}
    for some in chunks(sorted(persons)):
        rows = Identifier.objects.filter(person__in=some)
        found.update({key: person or 0 for key, person in rows.values_list("pk", "person_id")})
    return found


def moved_identifiers(
    identifiers: Collection[int], since: Mapping[int, datetime | None] | None = None
) -> list[Moved]:
    """Those of the identifiers that have stored events, from their first (or `since`) on."""
    moved = []
    for some in chunks(sorted(identifiers)):
        rows = Identifier.objects.filter(pk__in=some, first_at__isnull=False)
        for key, first in rows.values_list("pk", "first_at"):
            start = (since or {}).get(key)
            moved.append(
                Moved(identifier=key, since=max(start, first) if start and first else first)
            )
    return moved
