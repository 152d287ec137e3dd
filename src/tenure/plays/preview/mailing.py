"""Whom the mails of a preview would have gone to, by the rules of `running.recipients`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from tenure.accounts.models import Membership
from tenure.core.mail.setup import is_address
from tenure.plays.definition.shape import Definition, MailStep
from tenure.plays.models import DoNotDisturb, Outgoing
from tenure.plays.running.quiet import awake
from tenure.plays.selectors.wishes import wishes_kept

_Span: TypeAlias = tuple[datetime, datetime | None]
_SENT = (Outgoing.State.SENT, Outgoing.State.UNSURE)


@dataclass(frozen=True)
class _Belongs:
    """A person's time in a role at an account. `order`: of one role, who comes first."""

    person: int
    role: str
    since: datetime | None
    until: datetime | None
    order: tuple[bool, int]
    address: str

    def at(self, moment: datetime) -> bool:
        begun = self.since is None or self.since <= moment
        return begun and (self.until is None or self.until > moment)


class Mailing:
    """Who may be written to when; counts the mails it lets go as those that other plays sent."""

    def __init__(self, definition: Definition) -> None:
        self._quiet = definition.quiet
        self._apart = timedelta(days=definition.limits.person)
        self._sent: dict[int, list[datetime]] = defaultdict(list)
        self._there = _memberships()
        self._peace = _peace(self._there)
        rows = Outgoing.objects.filter(kind=Outgoing.Kind.MAIL, state__in=_SENT)
        others = rows.exclude(run__play__key=definition.key).filter(person__isnull=False)
        for person, at in others.values_list("person_id", "ended_at"):
            if person is not None and at is not None:
                self._sent[person].append(at)

    def to(
        self, account: int, step: MailStep, moment: datetime, peace: Collection[int]
    ) -> tuple[datetime, list[int], str]:
        """When it goes out, to whom, and else a reason of `running.reasons`."""
        at = awake(moment, self._quiet)
        people = self._people(account, step.to, at)
        if not people:
            return at, [], "nobody"
        people = [person for person in people if not self._calm(person, at)]
        if not people or account in peace:
            return at, [], "peace"
        chosen = [person for person in people if not self._lately(person, at)][: step.most]
        for person in chosen:
            self._sent[person].append(at)
        return at, chosen, "" if chosen else "capped"

    def _people(self, account: int, roles: Sequence[str], at: datetime) -> list[int]:
        """Those with an address in one of the roles, in the order of the roles."""
        place = {role: number for number, role in enumerate(roles)}
        there = [one for one in self._there.get(account, ()) if one.role in place and one.at(at)]
        there.sort(key=lambda one: (place[one.role], one.order))
        return list(dict.fromkeys(one.person for one in there if is_address(one.address)))

    def _calm(self, person: int, at: datetime) -> bool:
        spans = self._peace.get(person, ())
        return any(since <= at and (until is None or until > at) for since, until in spans)

    def _lately(self, person: int, at: datetime) -> bool:
        return any(at - self._apart < sent <= at for sent in self._sent.get(person, ()))


def _memberships() -> dict[int, list[_Belongs]]:
    rows = Membership.objects.filter(
        person__erased_at__isnull=True, person__merged_into__isnull=True
    )
    found: dict[int, list[_Belongs]] = defaultdict(list)
    for pk, account, person, role, since, until, consent, email in rows.values_list(
        "pk", "account_id", "person_id", "role", "since", "until", "person__consent_at",
        "person__email",
    ).iterator():  # fmt: skip
        order = (consent is None, pk)
        found[account].append(_Belongs(person, role, since, until, order, email.lower()))
    return found


def _peace(there: Mapping[int, Sequence[_Belongs]]) -> dict[int, list[_Span]]:
    """Person → when they are left alone, as `running.recipients.people_in_peace` tells."""
    by_address: dict[str, set[int]] = defaultdict(set)
    for rows in there.values():
        for one in rows:
            by_address[one.address].add(one.person)
    found: dict[int, list[_Span]] = defaultdict(list)
    for person, became, email, source, since, until in DoNotDisturb.objects.filter(
        person__isnull=False
    ).values_list(
        "person_id", "person__merged_into_id", "person__email", "source", "since", "until"
    ):
        wished = source == DoNotDisturb.Source.PERSON and email
        also = by_address.get(email.lower(), set()) if wished else set()
        for key in {person, became, *also}:
            if key is not None:
                found[key].append((since, until))
    for address, wished_at in wishes_kept(by_address).items():
        for key in by_address[address]:
            found[key].append((wished_at, None))
    return found
