"""Closing tasks, and opening them again."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.plays.models import Task, TaskChange, TaskStatus
from tenure.plays.running.waking import task_closed
from tenure.plays.services import rules

What = TaskChange.What


@transaction.atomic
def task_done(*, actor: User | None, task: Task) -> Task:
    """Close a task as done; one that is closed stays as it is."""
    return _close(actor, task, TaskStatus.DONE, "")


@transaction.atomic
def task_dismiss(*, actor: User | None, task: Task, reason: str) -> Task:
    """Close a task that will not be done, with the reason."""
    words = " ".join(reason.replace("\x00", "").split())[: rules.REASON]
    if not words:
        raise TenureError(_("Say why the task will not be done."))
    return _close(actor, task, TaskStatus.DISMISSED, words)


def _close(actor: User | None, task: Task, status: TaskStatus, reason: str) -> Task:
    row = rules.locked(task)
    rules.may_work(actor, row.account)
    if row.status != TaskStatus.OPEN:
        return row
    row.status, row.reason = status, reason
    row.closed_at, row.closed_by = clock.now(), actor
    rules.kept(row, actor, What(status.value))
    task_closed(row)
    return row


@transaction.atomic
def task_reopen(*, actor: User | None, task: Task) -> Task:
    """Open a closed task again, as it was."""
    row = rules.locked(task)
    rules.may_work(actor, row.account)
    if row.status == TaskStatus.OPEN:
        return row
    row.status, row.reason = TaskStatus.OPEN, ""
    row.closed_at = row.closed_by = None
    return rules.kept(row, actor, What.REOPENED)
