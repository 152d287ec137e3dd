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
from tenure.events.models import Identifier, IdentityFact, Trait
from tenure.events.services.identifiers import rows_rewrite

GROUP = IdentityFact.Kind.GROUP
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
    rows_rewrite(rows=newer, fields=["occurred_at", "rank", "value"])


def persons_describe(
    *, persons: Collection[int], withdrawn: Mapping[int, Mapping[str, Any]] | None = None
) -> None:
    """Bring persons up to what was said of their ids.

    `withdrawn`: traits by person that were said of an id that is not theirs after all.
    """
    gone = withdrawn or {}
    for some in chunks(sorted({*persons, *gone})):
        _persons_write(some, gone)
        _memberships_write(some)


def accounts_describe(*, refs: Collection[int]) -> None:
    """Bring accounts up to what was said of them."""
    for some in chunks(sorted(refs)):
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


def _persons_write(persons: list[int], withdrawn: Mapping[int, Mapping[str, Any]]) -> None:
    rows = Trait.objects.filter(identifier__person__in=persons).select_related("identifier")
    newest = _newest(rows, lambda row: row.identifier.person_id if row.identifier else None)
    grouped: dict[frozenset[str], list[PersonRow]] = defaultdict(list)
    for person in Person.objects.filter(
        pk__in={*newest, *(p for p in persons if p in withdrawn)}, erased_at__isnull=True
    ).order_by("pk"):
        traits = newest.get(person.pk, {})
        values = _taken_back(person, traits, withdrawn.get(person.pk, {}))
        said = person_values(traits)
        values |= said | {"custom": values.get("custom", {}) | said.get("custom", {})}
        grouped[frozenset(values)].append(PersonRow(id=person.external_id, **values))
    for given, people in sorted(grouped.items(), key=lambda pair: sorted(pair[0])):
        person_upsert_many(rows=people, given=given)


def _taken_back(
    person: Person, left: Mapping[str, Any], withdrawn: Mapping[str, Any]
) -> dict[str, Any]:
    """Empty values for what a person only has because of traits that are not theirs."""
    with_, without = person_values({**withdrawn, **left}), person_values(left)
    values: dict[str, Any] = {}
    for column, value in with_.items():
        if column != "custom" and column not in without and getattr(person, column) == value:
            values[column] = None if column.endswith("_at") else ""
    values["custom"] = {
        key: None
        for key, value in with_.get("custom", {}).items()
        if key not in without.get("custom", {}) and person.custom.get(key) == value
    }
    return values


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
    """Which user worked in an account belongs to it, undated, unless a file said when.

    Anonymous ids may turn out to be somebody else's, so what they did makes nobody a member.
    """
    said = set(
        IdentityFact.objects.filter(
            kind=GROUP,
            identifier__kind=Identifier.Kind.USER,
            identifier__person__in=persons,
            account_ref__account__isnull=False,
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
