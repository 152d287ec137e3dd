"""Runs that end early because their play's exit rule holds."""

from datetime import date
from typing import Any

from django.db import transaction

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.pipeline import Refresh
from tenure.plays.models import Run
from tenure.plays.running import reasons
from tenure.plays.running.conditions import Holding
from tenure.plays.running.waiting import waits_end
from tenure.plays.selectors.definitions import definition_of

CHUNK = 500


def runs_refresh(refresh: Refresh) -> dict[str, Any]:
    """The refresh stage `runs`: with the new numbers, runs leave early and waits end."""
    holding = Holding(refresh.as_of)
    left = leave_early(refresh.as_of, holding)
    return {"left": left, "went_on": waits_end(holding)}


def leave_early(day: date, holding: Holding | None = None) -> int:
    """End the running runs whose exit rule holds on a day; how many. Each rule is asked once."""
    known = holding or Holding(day)
    active = Run.objects.filter(state=Run.State.ACTIVE)
    left = 0
    for play, key, version in (
        active.order_by().values_list("play_id", "play__key", "version").distinct()
    ):
        try:
            rule = definition_of(key, version).leave
        except TenureError:
            continue
        if rule is None:
            continue
        here = active.filter(play=play, version=version)
        leaving = known.met(rule, dict(here.values_list("pk", "account_id")))
        for start in range(0, len(leaving), CHUNK):
            left += _leave(leaving[start : start + CHUNK])
    return left


@transaction.atomic
def _leave(keys: list[int]) -> int:
    """A run that another worker steps just now is left to it: it asks before each step."""
    rows = Run.objects.select_for_update(skip_locked=True).filter(
        pk__in=keys, state=Run.State.ACTIVE
    )
    now = clock.now()
    return Run.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Run.State.EXITED,
        ended_why=reasons.LEFT,
        ended_at=now,
        wake_at=None,
        waits_for="",
    )
