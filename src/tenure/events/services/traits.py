"""Traits: of each key the newest value counts, whatever the order messages come in."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import md5
from typing import Any, NamedTuple

from tenure.accounts.models import Account, Membership, Person, PersonRole
from tenure.accounts.rows import AccountRow, PersonRow
from tenure.accounts.services import account_upsert_many, person_upsert_many
from tenure.core import clock
from tenure.events.identity.attribution import chunks
from tenure.events.identity.traits import account_values, person_values
from tenure.events.messages import Message
from tenure.events.models import AccountRef, IdentityFact, Trait
from tenure.events.services.links import GROUP

LONGEST_KEY = 200


class _Said(NamedTuple):
    """One value with what decides between two of them."""

    occurred_at: datetime
    rank: str
    value: Any


def traits_keep(
    *,
    messages: Sequence[Message],
    identifier_of: Callable[[Message], int | None],
    refs: Mapping[str, int],
) -> None:
    """Keep the newest value of each key: identify's for the identifier, group's for the account."""
    people: dict[tuple[int, str], _Said] = {}
    accounts: dict[tuple[int, str], _Said] = {}
    for m in messages:
        rank = md5(m.message_id.encode(), usedforsecurity=False).hexdigest()
        subject = identifier_of(m) if m.kind == "identify" else refs.get(m.account_id or "")
        if m.kind == "alias" or not subject:
            continue
        said = people if m.kind == "identify" else accounts
        for key, value in m.traits.items():
            if 0 < len(key) <= LONGEST_KEY:
                claim = _Said(m.occurred_at, rank, value)
                said[subject, key] = max(said.get((subject, key), claim), claim, key=_order)
    _store("identifier_id", people)
    _store("account_ref_id", accounts)


def _order(said: _Said) -> tuple[datetime, str]:
    return said.occurred_at, said.rank


def _store(column: str, said: Mapping[tuple[int, str], _Said]) -> None:
    current: dict[tuple[int, str], Trait] = {}
    for some in chunks({subject for subject, _key in said}):
        for row in Trait.objects.filter(**{f"{column}__in": some}):
            current[getattr(row, column), row.key] = row
    fresh: list[Trait] = []
    newer: list[Trait] = []
    for (subject, key), claim in said.items():
        held = current.get((subject, key))
        if held is None:
            values = {column: subject, "key": key, **claim._asdict()}
            fresh.append(Trait(**values))
        elif (held.occurred_at, held.rank) < _order(claim):
            held.occurred_at, held.rank, held.value = claim
            newer.append(held)
    Trait.objects.bulk_create(fresh, batch_size=1_000)
    Trait.objects.bulk_update(newer, ["occurred_at", "rank", "value"], batch_size=300)


def traits_apply(*, identifiers: Collection[int], refs: Collection[int]) -> None:
    """Bring persons, accounts and memberships up to what was said of them."""
    persons: set[int] = set()
    for some in chunks(identifiers):
        rows = Person.objects.filter(identifiers__in=some, erased_at__isnull=True)
        persons |= set(rows.values_list("pk", flat=True))
    for some in chunks(persons):
        _persons_write(some)
        _memberships_write(some)
    for some in chunks(refs):
        _accounts_write(some)


def _newest(rows: Iterable[Trait], subject: Callable[[Trait], int | None]) -> dict[int, Any]:
    winners: dict[int, dict[str, Trait]] = defaultdict(dict)
    for row in rows:
        key = subject(row)
        if key is None:
            continue
        other = winners[key].get(row.key)
        if other is None or (other.occurred_at, other.rank) < (row.occurred_at, row.rank):
            winners[key][row.key] = row
    return {
        key: {name: row.value for name, row in sorted(own.items())} for key, own in winners.items()
    }


def _persons_write(persons: list[int]) -> None:
    rows = Trait.objects.filter(identifier__person__in=persons).select_related("identifier")
    newest = _newest(rows, lambda row: row.identifier.person_id if row.identifier else None)
    names = dict(Person.objects.filter(pk__in=newest).values_list("pk", "external_id"))
    grouped: dict[frozenset[str], list[PersonRow]] = defaultdict(list)
    for person, traits in newest.items():
        values = person_values(traits)
        given = frozenset(values)
        grouped[given].append(PersonRow(id=names[person], **values))
    for given, people in sorted(grouped.items(), key=lambda pair: sorted(pair[0])):
        person_upsert_many(rows=people, given=given)


def _accounts_write(refs: list[int]) -> None:
    rows = Trait.objects.filter(account_ref__in=refs, account_ref__account__isnull=False)
    newest = _newest(
        rows.select_related("account_ref"),
        lambda row: row.account_ref.account_id if row.account_ref else None,
    )
    known = {a.pk: a for a in Account.objects.filter(pk__in=newest)}
    grouped: dict[frozenset[str], list[AccountRow]] = defaultdict(list)
    for account, traits in newest.items():
        values = account_values(traits)
        given = frozenset(values)
        row = AccountRow(id=known[account].external_id, **{"name": known[account].name, **values})
        grouped[given].append(row)
    for given, accounts in sorted(grouped.items(), key=lambda pair: sorted(pair[0])):
        account_upsert_many(rows=accounts, given=given)


def _memberships_write(persons: list[int]) -> None:
    """Who worked in an account belongs to it, undated, unless a file said when."""
    said = set(
        IdentityFact.objects.filter(
            kind=GROUP, identifier__person__in=persons, account_ref__account__isnull=False
        ).values_list("identifier__person_id", "account_ref__account_id")
    )
    held = set(Membership.objects.filter(person__in=persons).values_list("person_id", "account_id"))
    now = clock.now()
    missing = sorted((p, a) for p, a in said - held if p is not None and a is not None)
    roles = dict(Person.objects.filter(pk__in=persons).values_list("pk", "role"))
    Membership.objects.bulk_create(
        [
            Membership(
                person_id=person,
                account_id=account,
                role=roles[person] or PersonRole.USER,
                recorded_at=now,
            )
            for person, account in missing
        ],
        ignore_conflicts=True,
    )


def refs_apply(*, refs: Sequence[AccountRef]) -> None:
    """Bring accounts up to what was said of them before they were known."""
    traits_apply(identifiers=(), refs=[ref.pk for ref in refs])
