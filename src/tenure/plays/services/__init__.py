"""Writes of tasks and plays; each checks who may, keeps the change and is audited."""

from tenure.plays.services.closing import task_dismiss, task_done, task_reopen
from tenure.plays.services.definitions import (
    play_checked,
    play_restore,
    play_retire,
    play_save,
    play_switch_off,
    play_switch_on,
)
from tenure.plays.services.tasks import (
    task_create,
    task_edit,
    task_hand_over,
    task_snooze,
    task_tick,
    tasks_create,
)

__all__ = [
    "play_checked",
    "play_restore",
    "play_retire",
    "play_save",
    "play_switch_off",
    "play_switch_on",
    "task_create",
    "task_dismiss",
    "task_done",
    "task_edit",
    "task_hand_over",
    "task_reopen",
    "task_snooze",
    "task_tick",
    "tasks_create",
]
