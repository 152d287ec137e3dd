"""Writes made on the page Today: putting findings away, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.plays.models import Task
from tenure.plays.services import task_done, task_reopen, task_snooze
from tenure.web.models import QueueMark
from tenure.web.today.findings import Finding

State = QueueMark.State
LAST = date(2100, 1, 1)


@dataclass(frozen=True)
class PutAway:
    """Keys of the marks made and of the tasks changed, to take them back by."""

    marks: tuple[int, ...]
    tasks: tuple[int, ...]


@transaction.atomic
def findings_done(*, actor: User, findings: Sequence[Finding]) -> PutAway:
    """Put findings away as handled; a task is done with it."""
    _may(actor, findings)
    tasks = [one.facts["task"] for one in findings if one.kind == "task"]
    for key in tasks:
        task_done(actor=actor, task=Task(pk=key))
    marks = [_put_away(actor, one, State.DONE, None) for one in findings if one.kind != "task"]
    return PutAway(tuple(marks), tuple(tasks))


@transaction.atomic
def findings_snooze(*, actor: User, findings: Sequence[Finding], until: date | None) -> PutAway:
    """Keep findings out of the queue until a day: each kind of an account as a whole."""
    _may(actor, findings)
    if until is None or not clock.today() < until < LAST:
        raise TenureError(_("Choose a day to come for it to come back on."))
    tasks = [one.facts["task"] for one in findings if one.kind == "task"]
    for key in tasks:
        task_snooze(actor=actor, task=Task(pk=key), until=until)
    kinds = {(one.account, one.kind): one for one in findings if one.kind != "task"}
    marks = [_put_away(actor, one, State.SNOOZED, until) for one in kinds.values()]
    return PutAway(tuple(marks), tuple(tasks))


@transaction.atomic
def mark_undo(*, actor: User, mark_id: int) -> None:
    """Take back one of the actor's own marks; somebody else's is left alone."""
    require(actor, Permission.WORK_ACCOUNTS)
    mark = QueueMark.objects.filter(user=actor, pk=mark_id, ended_at__isnull=True).first()
    if mark is None:
        raise TenureError(_("There is nothing to take back: it is in the list again already."))
    mark.ended_at = clock.now()
    mark.save(update_fields=["ended_at"])
    _told(actor, mark, "undone")


@transaction.atomic
def task_undo(*, actor: User, task: Task) -> None:
    """Open a task that was done, or wake one that was snoozed."""
    task_reopen(actor=actor, task=task)
    task_snooze(actor=actor, task=task, until=None)


def _may(actor: User, findings: Sequence[Finding]) -> None:
    require(actor, Permission.WORK_ACCOUNTS)
    if not findings:
        raise TenureError(_("This is not in your list any more; the list is up to date now."))
    accounts = {one.account for one in findings}
    if accounts_visible(actor).filter(pk__in=accounts).count() < len(accounts):
        raise NotAllowed(_("This account is not in your book; its owner can do this."))


def _put_away(actor: User, one: Finding, state: State, until: date | None) -> int:
    """A new mark, by its key; an open snooze of the same kind has had its day."""
    now = clock.now()
    QueueMark.objects.filter(
        user=actor, account=one.account, kind=one.kind, state=State.SNOOZED, ended_at__isnull=True
    ).update(ended_at=now)
    mark = QueueMark.objects.create(
        user=actor,
        account_id=one.account,
        kind=one.kind,
        key=one.key,
        state=state,
        until=until,
        urgency=one.urgency,
        facts=one.facts,
        made_at=now,
    )
    _told(actor, mark, state)
    return mark.pk


def _told(actor: User, mark: QueueMark, what: str) -> None:
    detail = {"account": mark.account.external_id, "kind": mark.kind, "key": mark.key}
    if mark.until is not None:
        detail["until"] = mark.until.isoformat()
    audit(actor=actor, action=f"finding.{what}", subject=mark, detail=detail)
