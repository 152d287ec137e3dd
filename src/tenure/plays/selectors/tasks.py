"""Reads of tasks, always of accounts the reader may see."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenure.accounts.models import Account, OwnerAssignment
from tenure.core.models import RoleGrant, User
from tenure.core.roles import Role
from tenure.plays.models import Task, TaskChange, TaskStatus


def tasks_of(accounts: QuerySet[Account]) -> QuerySet[Task]:
    """The tasks of some accounts, open ones first by day, then the newest closed."""
    rows = Task.objects.filter(account__in=accounts).select_related("account", "owner")
    return rows.order_by("-status", "due_on", "-closed_at", "pk")


def tasks_open(accounts: QuerySet[Account], owner: User | None = None) -> QuerySet[Task]:
    """Open tasks of some accounts, by day; of one owner with those left behind in their book.

    A task is left behind when its owner is gone, or is a success manager who lost the account; a
    play may give one to somebody who never had it.
    """
    rows = Task.objects.filter(account__in=accounts, status=TaskStatus.OPEN)
    if owner is not None:
        book = OwnerAssignment.objects.filter(
            account=OuterRef("account"), owner=owner, until__isnull=True
        )
        rows = rows.filter(Q(owner=owner) | Q(Exists(book)) & _left_behind())
    return rows.select_related("account", "owner").order_by("due_on", "pk")


def _left_behind() -> Q:
    grants = RoleGrant.objects.filter(user=OuterRef("owner"), until__isnull=True)
    had = OwnerAssignment.objects.filter(account=OuterRef("account"), owner=OuterRef("owner"))
    works = Exists(grants.filter(role__in=[Role.ADMIN, Role.LEADER]))
    given = Q(source=Task.Source.PLAY) & ~Exists(had)
    keeps = Exists(grants.filter(role=Role.CSM)) & (Exists(had.filter(until__isnull=True)) | given)
    return Q(owner__isnull=True) | Q(owner__is_active=False) | ~(works | keeps)


def tasks_due(accounts: QuerySet[Account], day: date, owner: User | None = None) -> QuerySet[Task]:
    """Open tasks due by the end of a day and not snoozed beyond it, the longest overdue first."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=day)
    return tasks_open(accounts, owner).filter(awake, due_on__lte=day)


def tasks_due_told(
    accounts: QuerySet[Account], day: date, owner: User | None = None
) -> list[tuple[int, int, date]]:
    """(account, task, day it is due) of the same, without the rows themselves.

    Whether a task of somebody else was left behind is asked only of those there are.
    """
    columns = ("account_id", "pk", "due_on", "owner_id")
    due = list(tasks_due(accounts, day).values_list(*columns))
    if owner is None:
        return [(account, key, when) for account, key, when, _whose in due]
    others = [key for _account, key, _when, whose in due if whose != owner.pk]
    kept: set[int] = set()
    if others:
        kept.update(tasks_open(accounts, owner).filter(pk__in=others).values_list("pk", flat=True))
    return [
        (account, key, when)
        for account, key, when, whose in due
        if whose == owner.pk or key in kept
    ]


def task_next(accounts: QuerySet[Account], day: date, owner: User | None = None) -> Task | None:
    """The open task that comes up first after a day."""
    return tasks_open(accounts, owner).filter(Q(due_on__gt=day) | Q(snoozed_until__gt=day)).first()


@dataclass(frozen=True)
class TaskThen:
    """A task as it was: its words are those of now, its state that of then."""

    task: Task
    status: str
    due_on: date
    owner: User | None


def tasks_then(account: Account, moment: datetime) -> list[TaskThen]:
    """The tasks an account had at a moment, open ones first, by day."""
    rows = TaskChange.objects.filter(task__account=account, at__lte=moment)
    newest: dict[int, TaskChange] = {}
    for row in rows.select_related("task", "owner").order_by("at", "pk"):
        newest[row.task_id] = row
    found = [TaskThen(row.task, row.status, row.due_on, row.owner) for row in newest.values()]
    return sorted(found, key=lambda one: (one.status != TaskStatus.OPEN, one.due_on, one.task.pk))


def task_history(task: Task) -> list[TaskChange]:
    """What was done with a task, newest first."""
    return list(task.changes.select_related("actor", "owner").order_by("-at", "-pk"))


def given_by_plays(user: User) -> Q:
    """Accounts for which a play gave the user a task that is still open, of nobody's own book or
    another's: whoever is to do it must see what it is about. An account the user had is not one.
    """
    had = OwnerAssignment.objects.filter(account=OuterRef("account"), owner=user)
    rows = Task.objects.filter(owner=user, status=TaskStatus.OPEN, source=Task.Source.PLAY)
    return Q(pk__in=rows.exclude(Exists(had)).values("account"))
