"""Whom the mails of a preview would have gone to."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from tenure.accounts.models import Account
from tenure.core.mail.setup import is_address
from tenure.plays.definition.shape import Definition, MailStep
from tenure.plays.models import Outgoing
from tenure.plays.running.quiet import awake
from tenure.plays.running.recipients import people_in_peace, people_in_roles

_SENT = (Outgoing.State.SENT, Outgoing.State.UNSURE)


class Mailing:
    """Who may be written to when; counts the mails it lets go as those that other plays sent."""

    def __init__(self, definition: Definition) -> None:
        self._quiet = definition.quiet
        self._apart = timedelta(days=definition.limits.person)
        self._sent: dict[int, list[datetime]] = defaultdict(list)
        rows = Outgoing.objects.filter(
            kind=Outgoing.Kind.MAIL, state__in=_SENT, person__isnull=False
        )
        others = rows.exclude(run__play__key=definition.key)
        for person, at in others.values_list("person_id", "ended_at"):
            if person is not None and at is not None:
                self._sent[person].append(at)

    def to(
        self, account: int, step: MailStep, moment: datetime, peace: Collection[int]
    ) -> tuple[datetime, list[int], str]:
        """When it goes out, to whom, and else a reason of `running.reasons`."""
        at = awake(moment, self._quiet)
        found = people_in_roles(Account(pk=account), step.to, at)
        people = [person.pk for person in found if is_address(person.email)]
        if not people:
            return at, [], "nobody"
        calm = people_in_peace(people, at)
        people = [person for person in people if person not in calm]
        if not people or account in peace:
            return at, [], "peace"
        people = [person for person in people if not self._lately(person, at)]
        chosen = people[: step.most]
        for person in chosen:
            self._sent[person].append(at)
        return at, chosen, "" if chosen else "capped"

    def _lately(self, person: int, at: datetime) -> bool:
        return any(at - self._apart < sent <= at for sent in self._sent[person])
