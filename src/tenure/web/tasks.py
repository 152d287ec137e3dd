"""Work that pages ask for and the worker does."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from tenure.advice.services import week_plan
from tenure.core import pipeline
from tenure.core.models import User
from tenure.core.turn import turn

LATER = timedelta(seconds=20)


@task()  # type: ignore[untyped-decorator]
def refresh_run() -> str:
    """Run the refresh; while another process refreshes, come back a little later."""
    with turn("refresh") as mine:
        if mine:
            return ", ".join(f"{run.stage} {run.outcome}" for run in pipeline.run())
    # The queue compares with its own clock, so the moment is the machine's, not Tenure's.
    refresh_run.using(run_after=timezone.now() + LATER).enqueue()
    return "later"


@task()  # type: ignore[untyped-decorator]
def week_plan_run(user: int) -> str:
    """Plan the week anew for whoever asked; while a refresh goes on, come back a little later."""
    with turn("refresh") as mine:
        if mine:
            made = week_plan(actor=User.objects.get(pk=user))
            return "no plays" if made is None else f"{made.suggestions.count()} suggestions"
    week_plan_run.using(run_after=timezone.now() + LATER).enqueue(user)
    return "later"
