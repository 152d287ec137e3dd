"""Runs that wait: each wait told when it is over, and those for a rule ended when it holds."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from tenure.core.errors import TenureError
from tenure.plays.definition.program import Line
from tenure.plays.definition.shape import ApproveStep, LetterStep, TaskStep, WaitStep
from tenure.plays.models import Approval, Run, RunStep, TaskStatus
from tenure.plays.running import reasons
from tenure.plays.running.conditions import Holding
from tenure.plays.running.ending import run_end
from tenure.plays.running.steps.shape import Turn, days

CHUNK = 500
WaitsFor = Run.WaitsFor


def wait_over(run: Run, line: Line, turn: Turn) -> bool:
    """Look at what a run that was woken waits for; whether it goes on."""
    step = line.step
    if isinstance(step, TaskStep | LetterStep):
        return _task(run, line, step, turn)
    if isinstance(step, ApproveStep):
        return _approval(run, line, step, turn)
    outcome = "done"
    if isinstance(step, WaitStep) and step.until is not None:
        outcome = "done" if turn.holding.holds(step.until, run.pk, run.account_id) else "timeout"
    return _move(run, line, turn, outcome)


def _task(run: Run, line: Line, step: TaskStep | LetterStep, turn: Turn) -> bool:
    began = RunStep.objects.select_related("task").get(run=run, visit=run.visits)
    task = began.task
    if task is not None and task.status == TaskStatus.OPEN:
        until = began.at + days(step.wait)
        if turn.now < until:  # it was closed, and opened again since
            run.wake_at = until
            return False
        run.visits += 1
        return _move(run, line, turn, "timeout", task=task.pk)
    run.position, run.waits_for, run.wake_at = line.after, "", turn.now
    return True


def _approval(run: Run, line: Line, step: ApproveStep, turn: Turn) -> bool:
    asked = Approval.objects.get(run=run, visit=run.visits)
    if asked.decision == Approval.Decision.OPEN:
        asked.decision, asked.decided_at = Approval.Decision.TIMEOUT, turn.now
        asked.save(update_fields=["decision", "decided_at"])
        goes_on, outcome, why = step.go_on, "timeout", reasons.NO_ANSWER
    else:
        goes_on = asked.decision == Approval.Decision.YES
        outcome, why = ("yes" if goes_on else "refused"), reasons.REFUSED
    if goes_on:
        return _move(run, line, turn, outcome)
    _tell(run, line, turn, outcome)
    run_end(run, Run.State.STOPPED, why, turn.now)
    return False


def _move(run: Run, line: Line, turn: Turn, outcome: str, **detail: Any) -> bool:
    _tell(run, line, turn, outcome, **detail)
    run.position, run.waits_for, run.wake_at = line.after, "", turn.now
    return True


def _tell(run: Run, line: Line, turn: Turn, outcome: str, **detail: Any) -> None:
    RunStep.objects.create(
        run=run,
        visit=run.visits,
        position=run.position,
        kind=line.step.kind,
        at=turn.now,
        outcome=outcome,
        detail=detail,
    )


def waits_end(holding: Holding) -> int:
    """End the waits for rules that hold now; how many. Asked when the numbers were refreshed."""
    waiting = Run.objects.filter(state=Run.State.ACTIVE, waits_for=WaitsFor.CONDITION)
    places = waiting.order_by().values_list("play__key", "version", "position").distinct()
    ended = 0
    for key, version, position in list(places):
        turn = Turn(holding)
        line = _line(turn, key, version, position)
        if line is None or not isinstance(line.step, WaitStep) or line.step.until is None:
            continue
        here = waiting.filter(play__key=key, version=version, position=position)
        met = holding.met(line.step.until, dict(here.values_list("pk", "account_id")))
        for start in range(0, len(met), CHUNK):
            ended += _end(met[start : start + CHUNK], position, line, turn)
    return ended


def _line(turn: Turn, key: str, version: int, position: int) -> Line | None:
    try:
        return turn.program_of(key, version)[1][position]
    except TenureError:
        return None


@transaction.atomic
def _end(keys: Iterable[int], position: int, line: Line, turn: Turn) -> int:
    rows = Run.objects.select_for_update(skip_locked=True).filter(
        pk__in=keys, state=Run.State.ACTIVE, waits_for=WaitsFor.CONDITION, position=position
    )
    runs = list(rows)
    for run in runs:
        _move(run, line, turn, "done")
        run.save(update_fields=["position", "waits_for", "wake_at"])
    return len(runs)
