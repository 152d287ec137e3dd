"""Reads of tasks, and of what plays say and which of them are on."""

from tenure.plays.selectors.counts import (
    Counted,
    DayCount,
    counts_by_day,
    counts_of,
    queued_of,
)
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
    tasks_due_told,
    tasks_of,
    tasks_open,
    tasks_then,
)

__all__ = [
    "Counted",
    "DayCount",
    "KnownPlay",
    "TaskThen",
    "counts_by_day",
    "counts_of",
    "definition_of",
    "play_known",
    "plays_known",
    "plays_running",
    "queued_of",
    "task_history",
    "task_next",
    "tasks_due",
    "tasks_due_told",
    "tasks_of",
    "tasks_open",
    "tasks_then",
]
