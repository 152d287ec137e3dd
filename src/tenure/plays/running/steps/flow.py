"""Steps that steer: waits, branches, approvals, other plays, the end."""

from collections import Counter

from django.db import IntegrityError, transaction

from tenure.core.mail.lines import one_line
from tenure.plays.definition.shape import (
    ApproveStep,
    BranchStep,
    StartStep,
    StopStep,
    WaitStep,
    words_in,
)
from tenure.plays.models import Approval, Play, PlayCount, Run
from tenure.plays.running.facts import language_among
from tenure.plays.running.steps.shape import Did, Visit, Wait, days, skipped
from tenure.plays.starting.counts import counts_add

QUESTION = 300


def wait(visit: Visit, step: WaitStep) -> Did:
    """Wait for a day, or for a rule to hold unless it does already."""
    until = visit.now + days(step.days)
    if step.until is None:
        return Did("", wait=Wait(Run.WaitsFor.TIME, until))
    if visit.turn.holding.holds(step.until, visit.run.pk, visit.account.pk):
        return Did()
    return Did("", wait=Wait(Run.WaitsFor.CONDITION, until))


def branch(visit: Visit, step: BranchStep) -> Did:
    """Which way it goes; not known is no."""
    holds = visit.turn.holding.holds(step.when, visit.run.pk, visit.account.pk)
    return Did("yes" if holds else "no")


def approve(visit: Visit, step: ApproveStep) -> Did:
    """Ask; the role asked is that of the version that runs, and is kept beside the question."""
    expires = visit.now + days(step.days)
    Approval.objects.create(
        run=visit.run,
        visit=visit.number,
        role=step.role,
        question=one_line(words_in(step.question, language_among()))[:QUESTION],
        asked_at=visit.now,
        expires_at=expires,
    )
    return Did("", wait=Wait(Run.WaitsFor.APPROVAL, expires))


def start(visit: Visit, step: StartStep) -> Did:
    """Ask for another play; when it starts is decided as for every account that meets it."""
    play = Play.objects.filter(key=step.play, running__isnull=False).first()
    if play is None or play.running is None:
        return skipped("play_off", play=step.play)
    because = {"kind": "play", "play": visit.definition.key, "run": visit.run.pk}
    try:
        with transaction.atomic():
            made = Run.objects.create(
                play=play,
                version=play.running,
                account=visit.account,
                because=because,
                met_at=visit.now,
            )
    except IntegrityError:
        return skipped("has_it", play=step.play)
    counts_add(play, visit.turn.day, Counter({PlayCount.What.MET: 1}))
    return Did(detail={"play": step.play, "run": made.pk})


def stop(_visit: Visit, _step: StopStep) -> Did:
    """End here."""
    return Did(ends=Run.State.DONE)
