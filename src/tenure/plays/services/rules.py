"""What every write of a task asks first, and the change it keeps."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenure.accounts.models import Account, Membership, Person
from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may, require
from tenure.core.services import audit
from tenure.plays.models import Task, TaskChange, TaskStatus

TITLE, NOTE, REASON = 200, 20_000, 300
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


def may_work(actor: User | None, account: Account) -> None:
    """Raise `NotAllowed` unless the actor works this account."""
    require(actor, Permission.WORK_ACCOUNTS)
    if actor is not None and not accounts_visible(actor).filter(pk=account.pk).exists():
        raise NotAllowed(_("This account is not in your book; its owner can do this."))


def belongs(account: Account, person: Person) -> None:
    """Raise unless the person, not erased, belongs or belonged to the account."""
    there = Membership.objects.filter(account=account, person=person)
    if person.erased_at is not None or not there.exists():
        raise TenureError(
            _("%(person)s does not belong to %(account)s; choose somebody of this account.")
            % {"person": person, "account": account}
        )


def title_of(text: str) -> str:
    """A title as it is kept."""
    words = " ".join(text.replace("\x00", "").split())
    if not words:
        raise TenureError(_("Say what is to be done; the task has no title."))
    if len(words) > TITLE:
        raise TenureError(
            _("A title has at most %(n)d characters; put the rest into the note.") % {"n": TITLE}
        )
    return words


def note_of(text: str) -> str:
    """A note as it is kept."""
    return text.replace("\x00", "").strip()[:NOTE]


def day_of(day: date | None) -> date:
    """A due date that makes sense."""
    if day is None or not FIRST <= day < LAST:
        raise TenureError(_("Give the day on which the task is due."))
    return day


def owner_for(account: Account, owner: User, source: str = Task.Source.MANUAL) -> User:
    """Somebody who works accounts and sees this one; a play's task makes its doer see it."""
    if not may(owner, Permission.WORK_ACCOUNTS):
        raise TenureError(_("Choose somebody who works accounts: a viewer does no tasks."))
    if source == Task.Source.PLAY:
        return owner
    if not accounts_visible(owner).filter(pk=account.pk).exists():
        raise TenureError(
            _("%(who)s does not see this account; give it to its owner or to a leader.")
            % {"who": owner}
        )
    return owner


def is_open(task: Task) -> None:
    """Raise unless the task is open."""
    if task.status != TaskStatus.OPEN:
        raise TenureError(_("This task is closed; open it again first."))


def locked(task: Task) -> Task:
    """The task as it stands in the database, held until the transaction ends."""
    return Task.objects.select_for_update(of=("self",)).select_related("account").get(pk=task.pk)


def kept(task: Task, actor: User | None, what: str, **detail: Any) -> Task:
    """Save a task, append its change and write the audit row."""
    task.save()
    changes_append([task], actor, what)
    told = {"account": task.account.external_id} | detail
    audit(actor=actor, action=f"task.{what}", subject=task, detail=told)
    return task


def changes_append(tasks: list[Task], actor: User | None, what: str) -> None:
    """Append what the tasks are now."""
    now = clock.now()
    TaskChange.objects.bulk_create(
        TaskChange(
            task=task,
            at=now,
            actor=actor,
            what=what,
            status=task.status,
            due_on=task.due_on,
            owner_id=task.owner_id,
            snoozed_until=task.snoozed_until,
        )
        for task in tasks
    )
