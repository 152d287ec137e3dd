"""Leaving an account or a person in peace for a time, and ending that."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account, Membership, Person
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.services import audit
from tenure.plays.models import DoNotDisturb
from tenure.plays.services import rules

Source = DoNotDisturb.Source


@transaction.atomic
def peace_set(
    *,
    actor: User | None,
    account: Account,
    person: Person | None = None,
    last_day: date | None = None,
    reason: str = "",
) -> DoNotDisturb:
    """Leave an account, or one person of it, in peace until the end of a day (None: for good).

    Raises:
        NotAllowed: the actor does not work the account.
        TenureError: the day is over, or the person is of another account.
    """
    rules.may_work(actor, account)
    if last_day is not None and not clock.today() <= last_day < rules.LAST:
        raise TenureError(_("Choose a day to come, or none to leave them in peace for good."))
    if person is not None:
        rules.belongs(account, person)
    now = clock.now()
    row = DoNotDisturb.objects.create(
        account=None if person else account,
        person=person,
        since=now,
        until=None if last_day is None else _end_of(last_day),
        reason=" ".join(reason.replace("\x00", "").split())[:300],
        set_by=actor,
        recorded_at=now,
    )
    audit(actor=actor, action="peace.set", subject=row, detail={"account": account.external_id})
    return row


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), settings.COMPANY_TIME_ZONE)


@transaction.atomic
def peace_end(*, actor: User | None, account: Account, peace: DoNotDisturb) -> DoNotDisturb:
    """End it now. What a person asked for themselves stays, whoever would like to end it.

    Raises:
        NotAllowed: the actor does not work the account.
        TenureError: the person asked for it, or it is of another account.
    """
    rules.may_work(actor, account)
    row = DoNotDisturb.objects.select_for_update().get(pk=peace.pk)
    if not peace_of(account).filter(pk=row.pk).exists():
        raise TenureError(_("This is over already, or of another account."))
    if row.source == Source.PERSON:
        raise TenureError(_("The person asked for it; only they can say otherwise."))
    row.until = clock.now()
    row.save(update_fields=["until"])
    audit(actor=actor, action="peace.end", subject=row, detail={"account": account.external_id})
    return row


def peace_of(account: Account) -> models.QuerySet[DoNotDisturb]:
    """What holds now for an account and for its people, the newest first."""
    now = clock.now()
    people = Membership.objects.filter(account=account).values("person")
    holds = models.Q(until__isnull=True) | models.Q(until__gt=now)
    whose = models.Q(account=account) | models.Q(person__in=people)
    rows = DoNotDisturb.objects.filter(holds, whose, since__lte=now)
    return rows.select_related("person", "set_by").order_by("-since", "-pk")
