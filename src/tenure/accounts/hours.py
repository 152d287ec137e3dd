"""Reads of books and hours: who owned what, and who had how many hours, on a day."""

from datetime import date, datetime

from django.db.models import Q

from tenure.accounts.models import Capacity, OwnerAssignment
from tenure.core.models import User


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
