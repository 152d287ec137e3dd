"""Reads of accounts, always through what the reader may see."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db.models import BigAutoField, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person, PersonRole
from tenure.core.models import User
from tenure.core.roles import GRANTS, Permission
from tenure.core.selectors import role_of

KEY_ROLES = (PersonRole.CHAMPION, PersonRole.DECISION_MAKER, PersonRole.SPONSOR)


_also: dict[str, Callable[[User], Q]] = {}


def see_also(name: str, accounts: Callable[[User], Q]) -> None:
    """Let whoever sees an own book see some accounts beside it; a room registers which and why."""
    _also[name] = accounts


def accounts_visible(user: User) -> QuerySet[Account]:
    """The accounts a user may see: all; the own book and what `see_also` names; or none."""
    role = role_of(user)
    granted = GRANTS[role] if role else frozenset()
    if Permission.SEE_ALL_ACCOUNTS in granted:
        return Account.objects.all()
    if Permission.SEE_OWN_BOOK in granted:
        owned = OwnerAssignment.objects.filter(owner=user, until__isnull=True)
        seen = Q(pk__in=owned.values("account"))
        for accounts in _also.values():
            seen |= accounts(user)
        return Account.objects.filter(seen)
    return Account.objects.none()


class Book(QuerySet[Account]):
    """Accounts known by their keys: what asks about them names the keys, and no subquery.

    Only as it is: narrowed further, it is a query like any other.
    """

    known: str = ""

    def resolve_expression(self, *args: Any, **options: Any) -> Any:
        """The keys as they are, where another query asks for what is among them."""
        if not self.known:
            return super().resolve_expression(*args, **options)
        return RawSQL(self.known, (), BigAutoField())  # noqa: S611 - integers

    resolve_expression.queryset_only = True  # type: ignore[attr-defined]


def book_of_keys(keys: Collection[int]) -> QuerySet[Account]:
    """The accounts with these keys, to ask many questions about."""
    book = Book(Account).filter(pk__in=keys)
    book.known = ",".join(str(int(key)) for key in keys)
    return book


def owner_of(account: Account, at: datetime | None = None) -> User | None:
    """Who owns an account now, or owned it at a time."""
    rows = OwnerAssignment.objects.filter(account=account).select_related("owner")
    if at is None:
        rows = rows.filter(until__isnull=True)
    else:
        rows = rows.filter(since__lte=at).filter(Q(until__isnull=True) | Q(until__gt=at))
    row = rows.order_by("-since").first()
    return row.owner if row else None


def owners_now() -> list[User]:
    """Everybody who owns an account now, by name."""
    owning = OwnerAssignment.objects.filter(owner=OuterRef("pk"), until__isnull=True)
    return list(User.objects.filter(Exists(owning)).order_by("name", "email"))


def owners_mark() -> tuple[int, datetime | None]:
    """Changes whenever an account changes hands. Two reads, as each is one step in an index."""
    rows = OwnerAssignment.objects.all()
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    return newest, rows.aggregate(ended=Max("until"))["ended"]


def people_of(account: Account) -> QuerySet[Person]:
    """The people of an account that were not erased or merged into another."""
    return Person.objects.filter(
        memberships__account=account, merged_into__isnull=True, erased_at__isnull=True
    ).distinct()


def key_people(accounts: QuerySet[Account], now: datetime) -> QuerySet[Membership]:
    """Who has a say or champions us in some accounts now: their memberships, most telling first."""
    begun = Q(since__isnull=True) | Q(since__lte=now)
    going = Q(until__isnull=True) | Q(until__gt=now)
    return _of_note(accounts).filter(begun, going).order_by("account_id", "role", "pk")


def key_people_left(
    accounts: QuerySet[Account], since: datetime, until: datetime
) -> QuerySet[Membership]:
    """Those of them who left in [since, until) and have no such role in the account any more."""
    still = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=until),
        account=OuterRef("account"), person=OuterRef("person"), role__in=KEY_ROLES,
    )  # fmt: skip
    left = _of_note(accounts).filter(until__gte=since, until__lt=until)
    return left.exclude(Exists(still)).order_by("account_id", "role", "pk")


def memberships_ended(
    accounts: QuerySet[Account], since: datetime, until: datetime
) -> QuerySet[Membership]:
    """Of key roles, in [since, until): those of people who left, and of others who stay."""
    return Membership.objects.filter(
        account__in=accounts, role__in=KEY_ROLES, until__gte=since, until__lt=until
    )


def _of_note(accounts: QuerySet[Account]) -> QuerySet[Membership]:
    # Without a join: starting from the people, SQLite would try each of the accounts for each.
    gone = Person.objects.filter(
        Q(merged_into__isnull=False) | Q(erased_at__isnull=False), pk=OuterRef("person")
    )
    found = Membership.objects.filter(account__in=accounts, role__in=KEY_ROLES)
    return found.exclude(Exists(gone))
