"""What a form about a letter says, read with care."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict

from tenure.accounts.models import Account, Membership, Person
from tenure.accounts.selectors import accounts_visible
from tenure.core.models import User
from tenure.plays.services.letters import MOST, Words
from tenure.web.whole import whole, wholes

ROLES = ("champion", "decision_maker", "sponsor", "admin", "user")


def words_of(form: QueryDict) -> Words:
    """Title, text and language as they were sent."""
    language = form.get("language", "")
    return Words(
        form.get("title", ""),
        form.get("body", ""),
        language if language in dict(settings.LANGUAGES) else "",
    )


def accounts_of(user: User, keys: Sequence[str]) -> list[Account]:
    """The accounts of a form or an address that the user sees, by name."""
    wanted = set(wholes(keys))
    seen = accounts_visible(user).filter(pk__in=sorted(wanted)[: MOST + 1])
    return list(seen.order_by("name", "pk"))


@dataclass(frozen=True)
class Addressee:
    """Somebody a letter can go to."""

    person: Person
    roles: str


def people_of(account: Account) -> list[Addressee]:
    """Who belongs to an account, by name, each with their roles."""
    rows = Membership.objects.filter(account=account, person__erased_at__isnull=True)
    found: dict[int, tuple[Person, list[str]]] = {}
    for row in rows.select_related("person").order_by("person__name", "person_id", "pk"):
        _person, roles = found.setdefault(row.person_id, (row.person, []))
        if (name := str(row.get_role_display())) not in roles:
            roles.append(name)
    return [Addressee(person, ", ".join(roles)) for person, roles in found.values()]


def person_of(account: Account, key: str) -> Person | None:
    """The person of the account that a form names."""
    number = whole(key)
    if number is None:
        return None
    rows = Membership.objects.filter(account=account, person__erased_at__isnull=True)
    row = rows.filter(person_id=number).select_related("person").first()
    return row.person if row else None
