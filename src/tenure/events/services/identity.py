"""identify, alias and group: in any order, as often as they like to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from tenure.accounts.models import Account
from tenure.accounts.rows import AccountRow
from tenure.accounts.services import account_upsert_many
from tenure.events.identity.attribution import chunks
from tenure.events.messages import Message
from tenure.events.models import AccountRef, Identifier, IdentityFact
from tenure.events.services.identifiers import (
    ANONYMOUS,
    LONGEST_ID,
    LONGEST_USER_ID,
    USER,
    Known,
    Span,
    identifiers_ensure,
    refs_ensure,
    users_ensure,
)
from tenure.events.services.links import GROUP, Tie, links_add
from tenure.events.services.position import Moved, changes_log, identity_lock
from tenure.events.services.traits import traits_apply, traits_keep


@dataclass(frozen=True)
class IdentityResult:
    """How many messages were taken, and how many could not be."""

    taken: int = 0
    rejected: int = 0


@transaction.atomic
def identity_apply(*, messages: Sequence[Message]) -> IdentityResult:
    """Take what messages say of identity. Saying it twice, or in another order, changes nothing."""
    kept = [message for message in messages if _usable(message)]
    if kept:
        identity_lock()
        names = _Names.of(kept)
        links_add(links=names.links(kept), aliases=names.aliases(kept), new=names.new)
        _accounts_ensure(kept)
        _groups_add(kept, names)
        traits_keep(messages=kept, identifier_of=names.subject, refs=names.refs)
        traits_apply(
            identifiers={key for m in kept if (key := names.subject(m))},
            refs=set(names.refs.values()),
        )
    return IdentityResult(len(kept), len(messages) - len(kept))


def _usable(message: Message) -> bool:
    short = all(
        len(value or "") <= most
        for value, most in (
            (message.user_id, LONGEST_USER_ID),
            (message.previous_id, LONGEST_USER_ID),
            (message.account_id, LONGEST_USER_ID),
            (message.anonymous_id, LONGEST_ID),
        )
    )
    needs = {
        "identify": bool(message.user_id or message.anonymous_id),
        "alias": bool(message.previous_id and (message.user_id or message.anonymous_id)),
        "group": bool(message.account_id),
    }
    return short and needs.get(message.kind, False)


@dataclass
class _Names:
    """Keys of all that a batch of messages names."""

    users: Known
    anonymous: Known
    refs: dict[str, int]

    @classmethod
    def of(cls, messages: Sequence[Message]) -> "_Names":
        seen: dict[str, datetime] = {}
        spans: dict[str, Span] = {}
        for m in messages:
            if m.user_id:
                seen[m.user_id] = min(seen.get(m.user_id, m.received_at), m.received_at)
            if m.kind == "group" and m.account_id:
                old = spans.get(m.account_id, Span(m.occurred_at, m.occurred_at))
                spans[m.account_id] = Span(
                    min(old.first, m.occurred_at), max(old.last, m.occurred_at)
                )
        users = users_ensure(first_seen=seen)
        # An old id is a user id or an anonymous one, the message does not say: it stands for both.
        olds = {m.previous_id for m in messages if m.kind == "alias" and m.previous_id}
        renamed = identifiers_ensure(kind=USER, values=olds - users.keys.keys())
        users.keys.update(renamed.keys)
        users.new.update(renamed.new)
        anonymous = {m.anonymous_id for m in messages if m.anonymous_id} | olds
        return cls(
            users, identifiers_ensure(kind=ANONYMOUS, values=anonymous), refs_ensure(seen=spans)
        )

    @property
    def new(self) -> set[int]:
        return self.users.new | self.anonymous.new

    def subject(self, message: Message) -> int | None:
        """The identifier a message is about: the user's, else the anonymous one."""
        if message.user_id:
            return self.users.keys[message.user_id]
        return self.anonymous.keys[message.anonymous_id] if message.anonymous_id else None

    def links(self, messages: Sequence[Message]) -> list[Tie]:
        pairs = [(m, m.anonymous_id) for m in messages]
        pairs += [(m, m.previous_id) for m in messages if m.kind == "alias"]
        return [
            Tie(self.anonymous.keys[old], self.users.keys[m.user_id], m.occurred_at, m.received_at)
            for m, old in pairs
            if old and m.user_id
        ]

    def aliases(self, messages: Sequence[Message]) -> list[Tie]:
        return [
            Tie(
                self.users.keys[m.previous_id],
                self.users.keys[m.user_id],
                m.occurred_at,
                m.received_at,
            )
            for m in messages
            if m.kind == "alias" and m.previous_id and m.user_id and m.previous_id != m.user_id
        ]


def _accounts_ensure(messages: Sequence[Message]) -> None:
    """A group call makes the account it names, where there is none."""
    first: dict[str, datetime] = {}
    for m in messages:
        if m.kind == "group" and m.account_id:
            first[m.account_id] = min(first.get(m.account_id, m.received_at), m.received_at)
    missing = list(
        AccountRef.objects.filter(value__in=first, account__isnull=True).order_by("value")
    )
    if not missing:
        return
    values = [ref.value for ref in missing]
    known = set(
        Account.objects.filter(external_id__in=values).values_list("external_id", flat=True)
    )
    for value in values:
        if value not in known:
            account_upsert_many(
                rows=[AccountRow(id=value, name=value)], given={"name"}, at=first[value]
            )
    refs_match(refs=missing)


def refs_match(*, refs: Sequence[AccountRef]) -> int:
    """Tie references to the accounts that carry their ids by now, under the identity lock."""
    accounts: dict[str, int] = {}
    for some in chunks(ref.value for ref in refs):
        rows = Account.objects.filter(external_id__in=some)
        accounts.update(rows.values_list("external_id", "pk"))
    matched = [ref for ref in refs if ref.value in accounts]
    for ref in matched:
        ref.account_id = accounts[ref.value]
    AccountRef.objects.bulk_update(matched, ["account"], batch_size=400)
    moves = [Moved(account_ref=ref.pk) for ref in matched]
    grouped: set[int] = set()
    for part in chunks(ref.pk for ref in matched):
        facts = IdentityFact.objects.filter(kind=GROUP, account_ref__in=part)
        grouped |= set(facts.values_list("identifier_id", flat=True))
    changes_log([*moves, *(Moved(identifier=key) for key in _same_persons(grouped))])
    return len(matched)


class _Group(NamedTuple):
    identifier: int
    ref: int
    at: datetime


def _groups_add(messages: Sequence[Message], names: _Names) -> None:
    facts: dict[_Group, datetime] = {}
    for m in messages:
        subject = names.subject(m)
        if m.kind == "group" and m.account_id and subject:
            key = _Group(subject, names.refs[m.account_id], m.occurred_at)
            facts[key] = min(facts.get(key, m.received_at), m.received_at)
    held: set[_Group] = set()
    for some in chunks({fact.identifier for fact in facts}):
        rows = IdentityFact.objects.filter(kind=GROUP, identifier__in=some)
        held |= {
            _Group(i, r or 0, at)
            for i, r, at in rows.values_list("identifier_id", "account_ref_id", "occurred_at")
        }
    news = [fact for fact in facts if fact not in held]
    IdentityFact.objects.bulk_create(
        [
            IdentityFact(
                kind=GROUP,
                identifier_id=fact.identifier,
                account_ref_id=fact.ref,
                occurred_at=fact.at,
                recorded_at=facts[fact],
            )
            for fact in news
        ],
        batch_size=1_000,
    )
    _log_groups(news, names.new)


def _log_groups(news: Sequence[_Group], new: set[int]) -> None:
    """A group fact concerns its person's events from then on; the first one also those before."""
    persons: dict[int, int | None] = {}
    for some in chunks({fact.identifier for fact in news}):
        rows = Identifier.objects.filter(pk__in=some)
        persons.update(rows.values_list("pk", "person_id"))
    earliest: dict[int, datetime] = {}
    for fact in news:
        earliest[fact.identifier] = min(earliest.get(fact.identifier, fact.at), fact.at)
    moves: list[Moved] = []
    for identifier, at in earliest.items():
        person = persons[identifier]
        own = Identifier.objects.filter(person=person) if person else None
        keys = list(own.values_list("pk", flat=True)) if own is not None else [identifier]
        before = IdentityFact.objects.filter(
            kind=GROUP, identifier__in=keys, occurred_at__lt=at
        ).exists()
        moves += [
            Moved(identifier=key, since=at if before else None) for key in keys if key not in new
        ]
    changes_log(moves)


def _same_persons(identifiers: set[int]) -> set[int]:
    """The identifiers and all others of their persons."""
    found = set(identifiers)
    for some in chunks(identifiers):
        persons = Identifier.objects.filter(pk__in=some, person__isnull=False)
        rows = Identifier.objects.filter(person__in=persons.values("person"))
        found |= set(rows.values_list("pk", flat=True))
    return found
