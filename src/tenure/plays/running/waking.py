"""Waking the run that waits for a task."""

from django.db import transaction

from tenure.core import clock
from tenure.plays.models import Run, RunStep, Task


@transaction.atomic
def task_closed(task: Task) -> None:
    """Wake the run that waits for a task, if one does; in the transaction that closes the task."""
    step = RunStep.objects.filter(task=task).order_by("-pk").first()
    if step is None:
        return
    run = Run.objects.select_for_update().get(pk=step.run_id)
    waits = run.state == Run.State.ACTIVE and run.waits_for == Run.WaitsFor.TASK
    if waits and run.visits == step.visit:
        run.wake_at = clock.now()
        run.save(update_fields=["wake_at"])
