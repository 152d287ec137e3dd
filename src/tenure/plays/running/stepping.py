"""Runs that are due go on: a batch in one transaction, each step with all it causes or not at all.

A process that is killed at any moment leaves either the whole batch done or none of it: a step's
effects, its `RunStep` and the moved position are rows of one transaction, and what is to be sent is
a row of the outbox. A step that fails unexpectedly ends its own run; what the database itself
cannot do (it is gone, or two workers stood in each other's way) is left for the next turn.
"""

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.mail.lines import one_line
from tenure.plays.definition.program import Line
from tenure.plays.definition.shape import BranchStep, Definition, Step, WaitStep
from tenure.plays.models import Run, RunStep
from tenure.plays.running import reasons
from tenure.plays.running.conditions import Holding
from tenure.plays.running.ending import run_end
from tenure.plays.running.steps import Did, Turn, Visit, perform
from tenure.plays.running.steps.shape import skipped
from tenure.plays.running.waiting import wait_over
from tenure.segments.conditions import Group

BATCH = 100
LONGEST = 300
MOVED = ("position", "visits", "wake_at", "waits_for", "state", "ended_at", "ended_why")
_log = logging.getLogger(__name__)


def advance(limit: int = BATCH, holding: Holding | None = None) -> int:
    """Step the runs that are due, the longest due first; how many. At most `limit` of them.

    `holding`: answers of rules, for whoever calls again and again within a minute.
    """
    now = clock.now()
    if not _due(now).exists():
        return 0
    turn = Turn(holding or Holding(now.date()), now)
    _ask_ahead(now, limit, turn)
    with transaction.atomic():
        chosen = _due(now).select_for_update(skip_locked=True, of=("self",))
        runs = list(chosen.select_related("play", "account").order_by("wake_at", "pk")[:limit])
        # In the order of accounts, so that two workers do not wait for each other crosswise.
        going = sorted(runs, key=lambda run: (run.account_id, run.pk))
        # One step of each, and again: what steps write makes rules be asked once for all of them.
        while going:
            going = [run for run in going if _step(run, turn)]
    return len(runs)


def _due(now: datetime) -> QuerySet[Run]:
    return Run.objects.filter(Q(wake_at__lte=now), state=Run.State.ACTIVE, wake_at__isnull=False)


def _ask_ahead(now: datetime, limit: int, turn: Turn) -> None:
    """Have the answers ready that most of these runs will ask for, before anything is locked."""
    due = _due(now).order_by("wake_at", "pk")
    places = set(due.values_list("play__key", "version", "position")[:limit])
    for key, version, position in places:
        try:
            definition, lines = turn.program_of(key, version)
            rules = [definition.leave]
            for at in (position, lines[position].after) if position < len(lines) else ():
                rules += [_rule(lines[at].step)] if at < len(lines) else []
            for rule in rules:
                if rule is not None:
                    turn.holding.ready(rule)
        except Exception:  # noqa: BLE001 - each run that asks meets it again, and tells it
            _log.debug("A rule of the play %s cannot be asked.", key, exc_info=True)


def _rule(step: Step) -> Group | None:
    if isinstance(step, BranchStep):
        return step.when
    return step.until if isinstance(step, WaitStep) else None


def _step(run: Run, turn: Turn) -> bool:
    """One step of a run, or the end of its wait; whether it goes on at once."""
    try:
        definition, lines = turn.program_of(run.play.key, run.version)
    except TenureError:
        run_end(run, Run.State.FAILED, reasons.BROKEN, turn.now)
        return False
    try:
        with transaction.atomic():
            return _once(run, definition, lines, turn)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the other runs go on
        _log.exception("A step of a play failed; its run has ended.")
        run.refresh_from_db(fields=MOVED)
        why = one_line(f"{type(error).__name__}: {error}")[:LONGEST]
        run_end(run, Run.State.FAILED, why, turn.now)
        return False


def _once(run: Run, definition: Definition, lines: tuple[Line, ...], turn: Turn) -> bool:
    """End what the run waited for, or do its next step; whether it goes on at once."""
    if not run.waits_for and run.position >= len(lines):
        run_end(run, Run.State.DONE, "", turn.now)
        return False
    leave = definition.leave
    if leave is not None and turn.holding.holds(leave, run.pk, run.account_id):
        run_end(run, Run.State.EXITED, reasons.LEFT, turn.now)
        return False
    if run.waits_for:
        goes_on = wait_over(run, lines[run.position], turn)
    else:
        goes_on = _do(Visit(run, run.visits + 1, lines[run.position], definition, turn))
    run.save(update_fields=MOVED)
    return goes_on


def _do(visit: Visit) -> bool:
    """Do the step, keep what it did, and move on unless the run waits now."""
    run, line = visit.run, visit.line
    try:
        with transaction.atomic():
            did = perform(visit)
    except TenureError as error:
        did = skipped(str(error))
    run.visits = visit.number
    if did.outcome:
        _keep(visit, did)
    if did.ends is not None:
        run_end(run, did.ends, did.why, visit.now)
        return False
    if did.wait is not None:
        run.waits_for, run.wake_at = did.wait.what, did.wait.until
        return False
    run.position = line.otherwise if did.outcome == "no" else line.after
    return True


def _keep(visit: Visit, did: Did) -> None:
    RunStep.objects.create(
        run=visit.run,
        visit=visit.number,
        position=visit.run.position,
        kind=visit.line.step.kind,
        at=visit.now,
        outcome=did.outcome,
        detail=dict(did.detail),
        task=did.task,
    )
