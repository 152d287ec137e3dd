"""Reads of tasks, and of what plays say and which of them are on."""

from tenure.plays.selectors.definitions import (
    KnownPlay,
    definition_of,
    play_known,
    plays_known,
    plays_running,
)
from tenure.plays.selectors.tasks import (
    TaskThen,
    task_history,
    task_next,
    tasks_due,
    tasks_of,
    tasks_open,
    tasks_then,
)

__all__ = [
    "KnownPlay",
    "TaskThen",
    "definition_of",
    "play_known",
    "plays_known",
    "plays_running",
    "task_history",
    "task_next",
    "tasks_due",
    "tasks_of",
    "tasks_open",
    "tasks_then",
]
