"""Whom a mail of a play may go to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Lower

from tenure.accounts.models import Account, Membership, Person
from tenure.core.mail.setup import is_address
from tenure.plays.models import DoNotDisturb, Outgoing
from tenure.plays.selectors.wishes import wishes_kept

State = Outgoing.State


@dataclass(frozen=True)
class Recipients:
    """Whom to write to, most telling role first; `reason`: why there is nobody, a key of WHY."""

    people: tuple[Person, ...]
    reason: str = ""


def recipients(
    account: Account, roles: Sequence[str], most: int, apart_days: int, at: datetime
) -> Recipients:
    """Who of an account gets a mail that goes out at a time.

    In the order of the roles; of one role those who gave their consent first. Left out: whoever
    has no address, is not to be disturbed, or has a mail of any play within `apart_days`.
    """
    people = [one for one in people_in_roles(account, roles, at) if is_address(one.email)]
    if not people:
        return Recipients((), "nobody")
    if account_in_peace(account.pk, at):
        return Recipients((), "peace")
    quiet = people_in_peace([person.pk for person in people], at)
    people = [person for person in people if person.pk not in quiet]
    if not people:
        return Recipients((), "peace")
    _hold(people)
    lately = _written_lately(people, at - timedelta(days=apart_days))
    people = [person for person in people if person.pk not in lately]
    return Recipients(tuple(people[:most]), "" if people else "capped")


def people_in_roles(account: Account, roles: Sequence[str], at: datetime) -> list[Person]:
    """The people who have one of the roles at a time, in the order of the roles."""
    begun = Q(since__isnull=True) | Q(since__lte=at)
    going = Q(until__isnull=True) | Q(until__gt=at)
    rows = Membership.objects.filter(
        begun,
        going,
        account=account,
        role__in=roles,
        person__erased_at__isnull=True,
        person__merged_into__isnull=True,
    ).select_related("person")
    order = {role: place for place, role in enumerate(roles)}
    ordered = sorted(rows, key=lambda row: (order[row.role], row.person.consent_at is None, row.pk))
    found: dict[int, Person] = {}
    for row in ordered:
        found.setdefault(row.person_id, row.person)
    return list(found.values())


def _hold(people: Sequence[Person]) -> None:
    """Let no other worker write to the same people until this transaction ends."""
    keys = sorted(person.pk for person in people)
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    list(rows.values_list("pk"))


def _written_lately(people: Iterable[Person], since: datetime) -> set[int | None]:
    """Those with a mail that was sent since, or is still to be sent."""
    mails = Outgoing.objects.filter(kind=Outgoing.Kind.MAIL, person__in=people)
    going = Q(state__in=[State.WAITING, State.SENDING])
    gone = Q(state__in=[State.SENT, State.UNSURE], ended_at__gt=since)
    return set(mails.filter(going | gone).values_list("person_id", flat=True))


def _at(moment: datetime) -> Q:
    return Q(since__lte=moment) & (Q(until__isnull=True) | Q(until__gt=moment))


def account_in_peace(account: int, at: datetime) -> bool:
    """Whether plays leave an account alone at a time."""
    return DoNotDisturb.objects.filter(_at(at), account=account).exists()


def people_in_peace(people: Iterable[int], at: datetime) -> set[int | None]:
    """Those of some people that plays leave alone at a time.

    What holds for who they were before they became one holds for them. Who asked for it themselves
    gets nothing by another record with the same address either, nor after they were erased.
    """
    keys = set(people)
    rows = DoNotDisturb.objects.filter(_at(at))
    own = rows.filter(Q(person__in=keys) | Q(person__merged_into__in=keys))
    told = own.values_list("person_id", "person__merged_into_id")
    quiet: set[int | None] = {key for pair in told for key in pair if key in keys}
    there = Person.objects.filter(pk__in=keys).exclude(email="")
    address = {key: email.lower() for key, email in there.values_list("pk", "email")}
    wished = rows.filter(source=DoNotDisturb.Source.PERSON).annotate(of=Lower("person__email"))
    left = set(wished.filter(of__in=set(address.values())).values_list("of", flat=True))
    left |= wishes_kept(address.values()).keys()
    return quiet | {key for key, email in address.items() if email in left}
