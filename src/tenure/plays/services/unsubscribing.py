"""Ending the mails of plays, as the person who gets them asked for."""

from collections.abc import Collection

from django.db import transaction

from tenure.accounts.models import Person
from tenure.core import clock
from tenure.core.services import audit
from tenure.plays.models import DoNotDisturb, KeptWish
from tenure.plays.selectors.wishes import digest_of, wishes_kept

Source = DoNotDisturb.Source


def wants_no_mail(person: Person) -> bool:
    """Whether the person asked to be left in peace, also before they were erased and came back."""
    return _asked(person) or bool(wishes_kept([person.email]))


def _asked(person: Person) -> bool:
    rows = DoNotDisturb.objects.filter(person=person, source=Source.PERSON, until__isnull=True)
    return rows.exists()


@transaction.atomic
def person_unsubscribe(*, person: Person) -> bool:
    """Leave a person in peace for good; whether that is new.

    Who follows the link of a mail need not have signed in, so nothing else can be changed here.
    """
    held = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if _asked(held):
        return False
    now = clock.now()
    row = DoNotDisturb.objects.create(person=held, since=now, source=Source.PERSON, recorded_at=now)
    audit(actor=None, action="peace.by_person", subject=row, detail={"person": held.pk})
    return True


def wishes_keep(*, persons: Collection[int]) -> None:
    """Keep the wish for no mails of people who are about to be erased, without their addresses."""
    wished = DoNotDisturb.objects.filter(
        person__in=persons, source=Source.PERSON, until__isnull=True
    )
    first = wished.order_by("since").values_list("since", flat=True).first()
    if first is None:
        return
    addresses = Person.objects.filter(pk__in=persons).exclude(email="")
    names = {digest_of(address) for address in addresses.values_list("email", flat=True)}
    KeptWish.objects.bulk_create(
        [KeptWish(digest=name, since=first) for name in sorted(names)], ignore_conflicts=True
    )
