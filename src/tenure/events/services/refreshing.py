"""What changed of identity outside of messages: accounts and memberships that files brought."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from tenure.accounts.models import Account, Membership, Person
from tenure.events.identity.attribution import chunks
from tenure.events.models import AccountRef, Identifier, IdentityFact, SettledMembership
from tenure.events.services.identifiers import USER
from tenure.events.services.identity import refs_match
from tenure.events.services.links import GROUP, identifiers_of, moved_identifiers
from tenure.events.services.position import changes_log, identity_lock

_SPAN = ("person_id", "account_id", "since", "until")


def identity_refresh() -> None:
    """Log what became attributable by other means than messages. Costs little when nothing did."""
    _accounts_match()
    _persons_merge()
    _memberships_compare()


def _accounts_match() -> None:
    unmatched = AccountRef.objects.filter(account__isnull=True).filter(
        Exists(Account.objects.filter(external_id=OuterRef("value")))
    )
    if unmatched.exists():
        with transaction.atomic():
            identity_lock()
            refs_match(refs=list(unmatched.order_by("pk")))


def _persons_merge() -> None:
    """A person loaded under an id that an alias had given up already."""
    elsewhere = Identifier.objects.filter(
        kind=USER, value=OuterRef("external_id"), person__isnull=False
    ).exclude(person=OuterRef("pk"))
    late = Person.objects.filter(merged_into__isnull=True).filter(Exists(elsewhere))
    if not late.exists():
        return
    with transaction.atomic():
        identity_lock()
        for person in late.order_by("pk"):
            final = Identifier.objects.get(kind=USER, value=person.external_id).person
            person.merged_into = final
            person.save(update_fields=["merged_into"])
            if final is not None:
                changes_log(moved_identifiers(identifiers_of({final.pk})))


def _memberships_compare() -> None:
    now = Membership.objects.values_list(*_SPAN)
    then = SettledMembership.objects.values_list(*_SPAN)
    if not (now.difference(then).exists() or then.difference(now).exists()):
        return
    with transaction.atomic():
        identity_lock()
        persons = {row[0] for row in now.difference(then)} | {
            row[0] for row in then.difference(now)
        }
        for some in chunks(sorted(persons)):
            _settle(some)
        changes_log(moved_identifiers(identifiers_of(_by_membership(persons))))


def _settle(persons: list[int]) -> None:
    SettledMembership.objects.filter(person__in=persons).delete()
    rows = Membership.objects.filter(person__in=persons).values_list(*_SPAN).distinct()
    SettledMembership.objects.bulk_create(
        [SettledMembership(**dict(zip(_SPAN, row, strict=True))) for row in rows],
        batch_size=1_000,
    )


def _by_membership(persons: set[int]) -> set[int]:
    """Those, merged ones as whom they became, whose events their memberships decide about."""
    final: dict[int, int] = defaultdict(int)
    grouped: set[int] = set()
    for some in chunks(sorted(persons)):
        rows = Person.objects.filter(pk__in=some).annotate(into=F("merged_into"))
        final.update({key: into or key for key, into in rows.values_list("pk", "into")})
    for some in chunks(sorted(set(final.values()))):
        facts = IdentityFact.objects.filter(
            kind=GROUP, identifier__person__in=some, account_ref__account__isnull=False
        )
        grouped |= {p for p in facts.values_list("identifier__person_id", flat=True) if p}
    return set(final.values()) - grouped
