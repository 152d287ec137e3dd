"""identify, alias and group: in any order, as often as they like to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Min

from tenure.accounts.models import Account
from tenure.accounts.rows import AccountRow
from tenure.accounts.services import account_upsert_many
from tenure.core import reasons
from tenure.events.identity.attribution import chunks
from tenure.events.messages import Message
from tenure.events.models import AccountRef, Identifier, IdentityFact
from tenure.events.services.checking import RowRejected, too_long
from tenure.events.services.identifiers import (
    ANONYMOUS,
    LONGEST_ID,
    LONGEST_USER_ID,
    USER,
    Span,
    identifiers_ensure,
    refs_ensure,
    rows_rewrite,
    users_ensure,
)
from tenure.events.services.links import (
    GROUP,
    Tie,
    identifiers_of,
    links_add,
    moved_identifiers,
)
from tenure.events.services.position import Moved, changes_log, identity_lock
from tenure.events.services.traits import accounts_describe, persons_describe, traits_keep


@dataclass(frozen=True)
class IdentityResult:
    """How many messages were taken, and which could not be."""

    taken: int = 0
    rejects: tuple[RowRejected, ...] = ()

    @property
    def rejected(self) -> int:
        """How many messages could not be taken."""
        return len(self.rejects)


@transaction.atomic
def identity_apply(*, messages: Sequence[Message]) -> IdentityResult:
    """Take what messages say of identity. Saying it twice, or in another order, changes nothing."""
    faults = [(place, _fault(message)) for place, message in enumerate(messages)]
    rejects = tuple(RowRejected(place, *fault) for place, fault in faults if fault)
    kept = [messages[place] for place, fault in faults if not fault]
    if kept:
        identity_lock()
        names = _Names.of(kept)
        links_add(links=names.links(kept), aliases=names.aliases(kept))
        _accounts_ensure(kept)
        _groups_add(kept, names)
        traits_keep(messages=kept, identifier_of=names.subject, refs=names.refs)
        persons_describe(persons=_persons_of({key for m in kept if (key := names.subject(m))}))
        accounts_describe(refs=names.refs.values())
    return IdentityResult(len(kept), rejects)


_NEEDS = {
    "identify": (("user_id", "anonymous_id"),),
    "alias": (("previous_id",), ("user_id", "anonymous_id")),
    "group": (("account_id",),),
}
_LONGEST = {
    "user_id": LONGEST_USER_ID,
    "previous_id": LONGEST_USER_ID,
    "account_id": LONGEST_USER_ID,
    "anonymous_id": LONGEST_ID,
}


def _fault(message: Message) -> tuple[str, str] | None:
    """The column and the reason why a message cannot be taken, if it cannot."""
    for column, most in _LONGEST.items():
        if len(getattr(message, column) or "") > most:
            return column, too_long(most)
    for either in _NEEDS.get(message.kind, ()):
        if not any(getattr(message, column) for column in either):
            names = {"kind": message.kind, "columns": ", ".join(either)}
            return either[0], reasons.IDENTITY_NEEDS % names
    return None if message.kind in _NEEDS else ("kind", reasons.NO_IDENTITY)


@dataclass
class _Names:
    """Keys of all that a batch of messages names."""

    users: dict[str, int]
    anonymous: dict[str, int]
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
        users |= identifiers_ensure(kind=USER, values=olds - users.keys())
        anonymous = {m.anonymous_id for m in messages if m.anonymous_id} | olds
        return cls(
            users, identifiers_ensure(kind=ANONYMOUS, values=anonymous), refs_ensure(seen=spans)
        )

    def subject(self, message: Message) -> int | None:
        """The identifier a message is about: the user's, else the anonymous one."""
        if message.user_id:
            return self.users[message.user_id]
        return self.anonymous[message.anonymous_id] if message.anonymous_id else None

    def links(self, messages: Sequence[Message]) -> list[Tie]:
        pairs = [(m, m.anonymous_id) for m in messages]
        pairs += [(m, m.previous_id) for m in messages if m.kind == "alias"]
        return [
            Tie(self.anonymous[old], self.users[m.user_id], m.occurred_at, m.received_at)
            for m, old in pairs
            if old and m.user_id
        ]

    def aliases(self, messages: Sequence[Message]) -> list[Tie]:
        return [
            Tie(
                self.users[m.previous_id],
                self.users[m.user_id],
                m.occurred_at,
                m.received_at,
            )
            for m in messages
            if m.kind == "alias" and m.previous_id and m.user_id and m.previous_id != m.user_id
        ]


def _accounts_ensure(messages: Sequence[Message]) -> None:
    """A group call makes the account it names, where there is none."""
    named = sorted({m.account_id for m in messages if m.kind == "group" and m.account_id})
    for some in chunks(named):
        refs = list(AccountRef.objects.filter(value__in=some, account__isnull=True))
        values = sorted(ref.value for ref in refs)
        known = Account.objects.filter(external_id__in=values)
        missing = sorted(set(values) - set(known.values_list("external_id", flat=True)))
        account_upsert_many(rows=[AccountRow(id=v, name=v) for v in missing], given={"name"})
        refs_match(refs=refs)


def refs_match(*, refs: Sequence[AccountRef]) -> int:
    """Tie references to the accounts that carry their ids by now, under the identity lock."""
    accounts: dict[str, int] = {}
    for some in chunks(ref.value for ref in refs):
        rows = Account.objects.filter(external_id__in=some)
        accounts.update(rows.values_list("external_id", "pk"))
    matched = [ref for ref in refs if ref.value in accounts]
    for ref in matched:
        ref.account_id = accounts[ref.value]
    rows_rewrite(rows=matched, fields=["account"])
    moves = [Moved(account_ref=ref.pk, since=ref.first_seen_at) for ref in matched]
    grouped: set[int] = set()
    for part in chunks(ref.pk for ref in matched):
        facts = IdentityFact.objects.filter(kind=GROUP, account_ref__in=part)
        grouped |= set(facts.values_list("identifier_id", flat=True))
    theirs = identifiers_of(_persons_of(grouped)).keys()
    changes_log([*moves, *moved_identifiers(grouped | theirs)])
    return len(matched)


def _persons_of(identifiers: set[int]) -> set[int]:
    persons: set[int] = set()
    for some in chunks(identifiers):
        rows = Identifier.objects.filter(pk__in=some, person__isnull=False)
        persons |= {person for person in rows.values_list("person_id", flat=True) if person}
    return persons


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
    moved = _moved_by(news)
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
    changes_log(moved)


def _moved_by(news: Sequence[_Group]) -> list[Moved]:
    """A group fact concerns its person's events from then on; the first one also those before."""
    persons = _persons_of({fact.identifier for fact in news})
    person_of = identifiers_of(persons)
    held: dict[int, datetime] = {}
    for some in chunks(sorted(persons)):
        rows = IdentityFact.objects.filter(kind=GROUP, identifier__person__in=some)
        held.update(
            rows.order_by().values_list("identifier__person_id").annotate(Min("occurred_at"))
        )
    alone = {fact.identifier for fact in news} - person_of.keys()
    for some in chunks(sorted(alone)):
        rows = IdentityFact.objects.filter(kind=GROUP, identifier__in=some)
        first = rows.order_by().values_list("identifier_id").annotate(Min("occurred_at"))
        held.update({-key: at for key, at in first})
    earliest: dict[int, datetime] = {}
    for fact in news:
        owner = person_of.get(fact.identifier, -fact.identifier)
        earliest[owner] = min(earliest.get(owner, fact.at), fact.at)
    owners = person_of | {key: -key for key in alone}
    since = {
        key: earliest[owner] if owner in held and held[owner] < earliest[owner] else None
        for key, owner in owners.items()
        if owner in earliest
    }
    return moved_identifiers(since.keys(), since)
