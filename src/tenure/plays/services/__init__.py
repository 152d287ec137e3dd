"""Writes of tasks; each checks permission and book, keeps the change and is audited."""

from tenure.plays.services.closing import task_dismiss, task_done, task_reopen
from tenure.plays.services.tasks import (
    task_create,
    task_edit,
    task_hand_over,
    task_snooze,
    tasks_create,
)

__all__ = [
    "task_create",
    "task_dismiss",
    "task_done",
    "task_edit",
    "task_hand_over",
    "task_reopen",
    "task_snooze",
    "tasks_create",
]
