"""Reads of books and hours: who owned what, and who had how many hours, on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from tenure.accounts.models import Capacity, OwnerAssignment
from tenure.core import clock
from tenure.core.models import User
from tenure.core.roles import GRANTS, Permission, Role
from tenure.core.selectors import roles_of
from tenure.engine.books import Workload


@dataclass(frozen=True)
class Person:
    """Someone who has a book or could. `hours` a week; `stated`: by whom and since, else assumed.

    `works`: the role lets the person work accounts; whoever's does not has no hours.
    """

    user: User
    hours: float
    stated: Capacity | None
    works: bool


def owners_on(at: datetime) -> dict[int, int]:
    """Account → the user who owned it at a time."""
    rows = OwnerAssignment.objects.filter(since__lte=at)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=at)).order_by("since", "pk")
    return dict(rows.values_list("account_id", "owner_id"))


def capacities_on(day: date) -> dict[int, Capacity]:
    """User → what is stated of the hours the user has on a day."""
    rows = Capacity.objects.filter(since__lte=day, superseded_at__isnull=True)
    return {row.person_id: row for row in rows.order_by("since")}


def capacity_history(person: User) -> list[Capacity]:
    """All that was ever stated of somebody's hours, the newest first."""
    rows = Capacity.objects.filter(person=person).select_related("set_by")
    return list(rows.order_by("-since", "-recorded_at", "-pk"))


def people_of(owners: Iterable[int], on: date | None, rule: Workload) -> list[Person]:
    """Who owns something, is a success manager, or has hours stated; by name."""
    stated = capacities_on(on or clock.today())
    known = User.objects.filter(pk__in={*owners, *stated})
    csms = User.objects.filter(role_grants__role="csm", role_grants__until=None, is_active=True)
    users = {user.pk: user for user in (*known, *csms)}
    roles = roles_of(users.values())
    found = [_person(user, roles.get(pk), stated.get(pk), rule) for pk, user in users.items()]
    return sorted(found, key=lambda person: (str(person.user).lower(), person.user.pk))


def _person(user: User, role: Role | None, stated: Capacity | None, rule: Workload) -> Person:
    works = role is not None and Permission.WORK_ACCOUNTS in GRANTS[role]
    hours = rule.capacity if stated is None else stated.hours
    return Person(user, hours if works else 0.0, stated, works)
