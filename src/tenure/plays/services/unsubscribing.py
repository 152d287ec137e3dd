"""Ending the mails of plays, as the person who gets them asked for."""

from django.db import transaction

from tenure.accounts.models import Person
from tenure.core import clock
from tenure.core.services import audit
from tenure.plays.models import DoNotDisturb

Source = DoNotDisturb.Source


def wants_no_mail(person: Person) -> bool:
    """Whether the person asked to be left in peace."""
    rows = DoNotDisturb.objects.filter(person=person, source=Source.PERSON, until__isnull=True)
    return rows.exists()


@transaction.atomic
def person_unsubscribe(*, person: Person) -> bool:
    """Leave a person in peace for good; whether that is new.

    Who follows the link of a mail need not have signed in, so nothing else can be changed here.
    """
    held = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if wants_no_mail(held):
        return False
    now = clock.now()
    row = DoNotDisturb.objects.create(person=held, since=now, source=Source.PERSON, recorded_at=now)
    audit(actor=None, action="peace.by_person", subject=row, detail={"person": held.pk})
    return True
