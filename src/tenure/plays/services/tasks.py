"""Making tasks, changing them, handing them over."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account, OwnerAssignment
from tenure.accounts.selectors import accounts_visible
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may, require
from tenure.core.services import audit
from tenure.plays.models import Task, TaskChange
from tenure.plays.services import rules

What = TaskChange.What
MOST = 1000


@transaction.atomic
def task_create(
    *,
    actor: User | None,
    account: Account,
    title: str,
    due_on: date | None,
    note: str = "",
    owner: User | None = None,
    source: str = Task.Source.MANUAL,
    checklist: Sequence[str] = (),
    hours: float | None = None,
) -> Task:
    """Add a task for an account, to be done by `owner` (the actor); `hours` of work, if known.

    Raises:
        NotAllowed: the actor may not work on accounts, or not on this one.
        TenureError: no title, no day, or an owner who does not see the account.
    """
    rules.may_work(actor, account)
    doer = owner or actor
    task = Task(
        account=account,
        title=rules.title_of(title),
        note=rules.note_of(note),
        due_on=rules.day_of(due_on),
        owner=None if doer is None else rules.owner_for(account, doer, source),
        source=source,
        checklist=[[words, False] for words in checklist],
        hours=hours,
        created_at=clock.now(),
        created_by=actor,
    )
    return rules.kept(task, actor, What.CREATED, owner=task.owner_id, source=source)


@transaction.atomic
def tasks_create(
    *,
    actor: User | None,
    accounts: Collection[int],
    title: str,
    due_on: date | None,
    note: str = "",
    source: str = Task.Source.MANUAL,
) -> list[Task]:
    """Add one task to each account the actor works, to be done by its owner, else by the actor.

    One audit row tells of all. Accounts the actor does not see are left out.
    """
    require(actor, Permission.WORK_ACCOUNTS)
    visible = Account.objects.all() if actor is None else accounts_visible(actor)
    found = list(visible.filter(pk__in=list(accounts)[:MOST]).order_by("pk"))
    if not found:
        raise TenureError(_("Tick at least one account first."))
    words, text, day, now = (
        rules.title_of(title),
        rules.note_of(note),
        rules.day_of(due_on),
        clock.now(),
    )
    owners = _doers(found)
    tasks = Task.objects.bulk_create(
        Task(
            account=account,
            title=words,
            note=text,
            due_on=day,
            owner=owners.get(account.pk, actor),
            source=source,
            created_at=now,
            created_by=actor,
        )
        for account in found
    )
    rules.changes_append(tasks, actor, What.CREATED)
    told = {"accounts": [account.external_id for account in found], "source": source}
    audit(actor=actor, action="task.created", subject="tasks", detail=told)
    return tasks


def _doers(accounts: Collection[Account]) -> dict[int, User]:
    """The owner of each account who can do a task: active, and not a viewer by now."""
    rows = OwnerAssignment.objects.filter(
        account__in=accounts, until__isnull=True, owner__is_active=True
    ).select_related("owner")
    works: dict[int, bool] = {}
    found = {}
    for row in rows:
        if row.owner_id not in works:
            works[row.owner_id] = may(row.owner, Permission.WORK_ACCOUNTS)
        if works[row.owner_id]:
            found[row.account_id] = row.owner
    return found


@transaction.atomic
def task_edit(
    *, actor: User | None, task: Task, title: str, due_on: date | None, note: str = ""
) -> Task:
    """Change the words or the day of an open task; a new day ends a snooze."""
    row = rules.locked(task)
    rules.may_work(actor, row.account)
    rules.is_open(row)
    words, text, day = rules.title_of(title), rules.note_of(note), rules.day_of(due_on)
    before = {"title": row.title, "note": row.note, "due_on": row.due_on}
    after = {"title": words, "note": text, "due_on": day}
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return row
    if day != row.due_on:
        row.snoozed_until = None
    row.title, row.note, row.due_on = words, text, day
    return rules.kept(row, actor, What.EDITED, fields=changed)


@transaction.atomic
def task_tick(*, actor: User | None, task: Task, place: int, done: bool) -> Task:
    """Tick one thing of an open task's checklist, or take the tick away; `place` from 0."""
    row = rules.locked(task)
    rules.may_work(actor, row.account)
    rules.is_open(row)
    if not 0 <= place < len(row.checklist):
        raise TenureError(_("There is no such thing on the checklist."))
    words, was = row.checklist[place]
    if was == done:
        return row
    row.checklist = [[words, done] if at == place else one for at, one in enumerate(row.checklist)]
    return rules.kept(row, actor, What.EDITED, fields=["checklist"])


@transaction.atomic
def task_snooze(*, actor: User | None, task: Task, until: date | None) -> Task:
    """Keep an open task out of the queues before a day to come; None brings it back at once."""
    row = rules.locked(task)
    rules.may_work(actor, row.account)
    rules.is_open(row)
    if until is not None and not clock.today() < until < rules.LAST:
        raise TenureError(_("Choose a day to come for it to come back on."))
    row.snoozed_until = until
    return rules.kept(row, actor, What.SNOOZED, until=until.isoformat() if until else None)


@transaction.atomic
def task_hand_over(*, actor: User | None, task: Task, owner: User) -> Task:
    """Give an open task to somebody else who sees the account."""
    row = rules.locked(task)
    rules.may_work(actor, row.account)
    rules.is_open(row)
    rules.owner_for(row.account, owner)
    if row.owner_id == owner.pk:
        return row
    row.owner, row.snoozed_until = owner, None
    return rules.kept(row, actor, What.HANDED_OVER, owner=owner.pk)
