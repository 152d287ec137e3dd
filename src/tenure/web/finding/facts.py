"""Accounts and people by name, of those that the reader may see."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse

from tenure.accounts.models import Account, Membership, Person
from tenure.accounts.selectors import accounts_visible
from tenure.web.access import user_of

Row = tuple[str, str, str]
Found = TypeVar("Found", Account, Person)


def accounts_named(request: HttpRequest, text: str, most: int) -> Iterator[Row]:
    """Address, name and domain of the accounts whose name, domain or id has the text in it."""
    meant = Q(name__icontains=text) | Q(domain__icontains=text) | Q(external_id__iexact=text)
    seen = accounts_visible(user_of(request)).filter(meant)
    for account in _begun_first(seen, text)[:most]:
        url = reverse("account", args=[account.pk])
        yield url, account.name, account.domain or account.external_id


def people_named(request: HttpRequest, text: str, most: int) -> Iterator[Row]:
    """Address, name and account of the people whose name or mail address has the text in it."""
    meant = Q(name__icontains=text) | Q(email__icontains=text)
    there = Person.objects.filter(meant, merged_into__isnull=True, erased_at__isnull=True)
    visible = accounts_visible(user_of(request))
    # A list made once: asked person by person, SQLite would try each of the accounts.
    belonging = Membership.objects.filter(account__in=visible).values("person")
    people = list(_begun_first(there.filter(pk__in=belonging), text)[:most])
    homes = _homes(request, people)
    for person in people:
        account = homes[person.pk]
        url = f"{reverse('account_people', args=[account.pk])}#person-{person.pk}"
        detail = " · ".join(part for part in (person.title, account.name) if part)
        yield url, str(person), detail


def _begun_first(rows: QuerySet[Found], text: str) -> QuerySet[Found]:
    begun = Case(
        When(name__istartswith=text, then=Value(0)), default=1, output_field=IntegerField()
    )
    return rows.annotate(begun=begun).order_by("begun", "name", "pk")


def _homes(request: HttpRequest, people: list[Person]) -> dict[int, Account]:
    """The account of each person that the reader may see, the one joined last if several."""
    visible = accounts_visible(user_of(request))
    rows = Membership.objects.filter(person__in=people, account__in=visible)
    rows = rows.select_related("account").order_by("recorded_at", "pk")
    return {row.person_id: row.account for row in rows}
