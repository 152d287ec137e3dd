"""The daily digest: the reader's page Today, of the own book, in a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.mail.lines import one_line
from tenure.core.mail.setup import absolute
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may
from tenure.plays.models import Task
from tenure.plays.selectors import tasks_due
from tenure.web.templatetags.formats import day_text, money, number
from tenure.web.today.findings import GROUPS
from tenure.web.today.queue import Card, Item, Queue, queue_of
from tenure.web.today.scope import Scope
from tenure.web.today.since import Since

ACCOUNTS, REASONS, TASKS = 10, 3, 10
COLOURS = {3: "#b3261e", 2: "#8a5a00"}
QUIET = "#5b6470"


@dataclass(frozen=True)
class Reason:
    """Why an account is there, and where the evidence is."""

    sentence: str
    note: str
    url: str


@dataclass(frozen=True)
class Entry:
    """An account and why it is there. `more` reasons are on its card only."""

    name: str
    url: str
    mrr: str
    urgency: str
    colour: str
    reasons: tuple[Reason, ...]
    more: str


@dataclass(frozen=True)
class DueTask:
    """A task of the reader's, due or overdue."""

    title: str
    account: str
    url: str
    due: str


@dataclass(frozen=True)
class Daily:
    """What the mail says. `today_url`: the page that shows it all."""

    subject: str
    since: date
    counts: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]
    more: str
    tasks: tuple[DueTask, ...]
    more_tasks: str
    today_url: str


def daily_of(user: User) -> Daily | None:
    """The reader's own book as Today shows it; None when there is nothing to see to."""
    scope = scope_of(user)
    queue = queue_of(scope)
    tasks = list(
        tasks_due(scope.visible(), scope.since.today, user).select_related("account")[: TASKS + 1]
    )
    if not queue.cards and not tasks:
        return None
    return Daily(
        subject=_subject(queue, scope.since.today),
        since=scope.since.day,
        counts=tuple((str(GROUPS[key]), number(n)) for key, n in queue.counts.items() if n),
        entries=tuple(_entry(card) for card in queue.cards),
        more=_more(queue.more),
        tasks=tuple(_task(task, scope.since.today) for task in tasks[:TASKS]),
        more_tasks=_("There are more tasks on the page Today.") if len(tasks) > TASKS else "",
        today_url=absolute(reverse("today") + scope.query()),
    )


def scope_of(user: User) -> Scope:
    """The own book, also of whoever sees others: on the page they choose their own name for it."""
    sees_all = may(user, Permission.SEE_ALL_ACCOUNTS)
    owner = str(user.pk) if sees_all else ""
    return Scope(user, sees_all, Since.read(""), owner=owner, show=ACCOUNTS)


def _subject(queue: Queue, today: date) -> str:
    said = ngettext(
        "%(day)s: %(n)s account to see to", "%(day)s: %(n)s accounts to see to", queue.total
    )
    return said % {"day": day_text(today), "n": number(queue.total)}


def _more(count: int) -> str:
    if not count:
        return ""
    said = ngettext(
        "%(n)s more account is on the page Today.",
        "%(n)s more accounts are on the page Today.",
        count,
    )
    return said % {"n": number(count)}


def _entry(card: Card) -> Entry:
    account, left = card.row.account, len(card.items) - REASONS
    said = ngettext("and %(n)s more reason", "and %(n)s more reasons", max(left, 0))
    return Entry(
        name=one_line(account.name),
        url=absolute(reverse("account", args=[account.pk])),
        mrr="" if card.mrr is None else money(card.mrr),
        urgency=str(card.word),
        colour=COLOURS.get(card.urgency, QUIET),
        reasons=tuple(_reasons(card.items[:REASONS])),
        more=said % {"n": number(left)} if left > 0 else "",
    )


def _reasons(items: Iterable[Item]) -> Iterable[Reason]:
    for item in items:
        yield Reason(one_line(item.sentence), one_line(item.note), absolute(item.url))


def _task(task: Task, today: date) -> DueTask:
    late = (today - task.due_on).days
    said = ngettext("Due %(day)s, %(n)d day overdue.", "Due %(day)s, %(n)d days overdue.", late)
    return DueTask(
        title=one_line(task.title),
        account=one_line(task.account.name),
        url=absolute(reverse("task", args=[task.pk])),
        due=said % {"day": day_text(task.due_on), "n": late} if late > 0 else _("Due today."),
    )
