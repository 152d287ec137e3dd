"""Finding the person somebody asks about."""

from django.db.models import Q

from tenure.accounts.models import Person
from tenure.core.errors import TenureError


def person_find(name: str) -> Person:
    """The person with an id or e-mail address. Raises `TenureError` when none or several have."""
    wanted = name.strip()
    alive = Person.objects.filter(erased_at__isnull=True)
    by_id = alive.filter(external_id=wanted).select_related("merged_into").first()
    if by_id is not None:
        return by_id.merged_into or by_id
    people = list(
        alive.filter(Q(email__iexact=wanted) & ~Q(email=""), merged_into__isnull=True)[:10]
    )
    if len(people) > 1:
        ids = ", ".join(person.external_id for person in people)
        raise TenureError(f"Several people have the address {wanted}; give one of the ids {ids}.")
    if not people:
        raise TenureError(f"There is no person with the id or e-mail address {wanted!r}.")
    return people[0]
