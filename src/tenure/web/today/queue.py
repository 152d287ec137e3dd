"""The queue: findings of one account on one card, the cards in the order of what is at stake.

The order is MRR × urgency, and nothing else: urgency is 3 for today, 2 for this week, 1 to know,
that of the most urgent finding of the card. An account that pays nothing now, or in a currency
without a rate, counts as much as the smallest that pays.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from heapq import nsmallest
from typing import Any, TypeAlias

from django.core.cache import cache
from django.db.models import FloatField, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.accounts.selectors import book_of_keys
from tenure.contracts.models import ContractState
from tenure.plays.models import Task
from tenure.web.ladder.scope import Scope as Book
from tenure.web.ladder.scope import fingerprint
from tenure.web.listing.rows import Row, rows_in_brief
from tenure.web.sources.kept import cache_key, kept
from tenure.web.templatetags.formats import money
from tenure.web.today import changes, duties, words
from tenure.web.today.findings import GROUPS, KINDS, URGENCY, Finding, packed, unpacked
from tenure.web.today.marks import marks_of, with_returned
from tenure.web.today.scope import AT_ONCE, Scope
from tenure.web.today.since import Since

KEEP_SECONDS = 300
Changes: TypeAlias = Callable[[QuerySet[Account], Since], list[Finding]]


@dataclass(frozen=True)
class Item:
    """A finding in words, with the address of its evidence."""

    finding: Finding
    sentence: str
    note: str
    url: str
    task: Task | None

    @property
    def icon(self) -> str:
        return KINDS[self.finding.kind].icon

    @property
    def kind(self) -> Promise:
        return KINDS[self.finding.kind].name

    @property
    def urgency(self) -> Promise:
        return URGENCY[self.finding.urgency]

    @property
    def tone(self) -> str:
        return {3: "poor", 2: "fair"}.get(self.finding.urgency, "")


@dataclass(frozen=True)
class Card:
    """One account and what is to be seen to. `urgency`: of the most urgent of it."""

    row: Row
    urgency: int
    items: tuple[Item, ...]

    @property
    def mrr(self) -> Decimal | None:
        """What the account pays a month; None without a rate."""
        return self.row.contract.mrr if self.row.contract else None

    @property
    def pays(self) -> str:
        """The same in words."""
        if self.mrr is None:
            return _("MRR not known")
        return _("%(m)s MRR") % {"m": money(self.mrr)}

    @property
    def url(self) -> str:
        """Where the account is."""
        return _of_account("account", self.row.account.pk)

    @property
    def word(self) -> Promise:
        return URGENCY[self.urgency]


@dataclass(frozen=True)
class Queue:
    """The first cards, how many more there are, and how many findings of each group."""

    cards: tuple[Card, ...]
    more: int
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return len(self.cards) + self.more

    @property
    def findings(self) -> int:
        return sum(self.counts.values())


def queue_of(scope: Scope) -> Queue:
    """The queue as the scope asks for it."""
    found = findings_of(scope)
    counts = _counts(found)
    if scope.group:
        found = [one for one in found if one.group == scope.group]
    urgency: dict[int, int] = {}
    for one in found:
        if urgency.get(one.account, 0) < one.urgency:
            urgency[one.account] = one.urgency
    shown = ordered(urgency, _mrr(scope, list(urgency)), scope.show)
    by_account: dict[int, list[Finding]] = {account: [] for account in shown}
    for one in found:
        if one.account in by_account:
            by_account[one.account].append(one)
    return Queue(
        cards=_cards(shown, by_account, scope.sees_all),
        more=len(urgency) - len(shown),
        counts={group: counts[group] for group in GROUPS},
    )


def _counts(found: Sequence[Finding]) -> Counter[str]:
    """Findings by group."""
    counts: Counter[str] = Counter()
    for kind, number in Counter([one.kind for one in found]).items():
        counts[KINDS[kind].group] += number
    return counts


def findings_of(scope: Scope) -> list[Finding]:
    """Everything to be seen to, without what was put away."""
    accounts, today, person = scope.accounts(), scope.since.today, scope.person()
    found = [
        *duties.tasks(scope.visible() if person else accounts, today, person),
        *duties.renewals(accounts, today),
        *_changes(scope),
    ]
    marks = marks_of(scope.user, accounts, today)
    return with_returned(found, marks)


def _changes(scope: Scope) -> list[Finding]:
    """Facts of a book are read each time; those of a team, a pass over all, kept a while."""
    if scope.sees_all:
        return _kept_changes(scope, changes.changes)
    facts = changes.reported(scope.accounts(), scope.since)
    return [*_kept_changes(scope, changes.worked_out), *facts]


def _kept_changes(scope: Scope, read: Changes) -> list[Finding]:
    """What was read since the last refresh, for the same reader and days."""
    mark = fingerprint(scope.user, Book(owner=scope.owner), scope.sees_all)
    name = cache_key("today", read.__name__, mark, scope.since.day, scope.since.today)
    stored: bytes | None = cache.get(name)
    if stored is None:
        stored = packed(read(scope.accounts(), scope.since))
        cache.set(name, stored, KEEP_SECONDS)
    return unpacked(stored)


def _mrr(scope: Scope, keys: Sequence[int]) -> dict[int, float | None]:
    """What each account pays a month, to order by; None without a rate."""
    if len(keys) > AT_ONCE and scope.sees_all:
        return kept("mrr", lambda: _amounts(ContractState.objects.all()))
    whose = book_of_keys(keys) if len(keys) <= AT_ONCE else scope.visible()
    return _amounts(ContractState.objects.filter(account__in=whose))


def _amounts(rows: QuerySet[ContractState]) -> dict[int, float | None]:
    return dict(rows.values_list("account_id", Cast("mrr", FloatField())))


def ordered(
    urgency: Mapping[int, int], mrr: Mapping[int, float | None], most: int | None = None
) -> list[int]:
    """The accounts by MRR × urgency, the greatest first; ties by the more urgent, then by key.

    `urgency`: of each account, its most urgent finding's. `most`: only so many accounts.
    """
    least = min([value for key in urgency if (value := mrr.get(key))], default=1.0)
    places = [(-(mrr.get(key) or least) * more, -more, key) for key, more in urgency.items()]
    shown = nsmallest(len(places) if most is None else most, places)
    return [account for _stake, _urgency, account in shown]


def _cards(
    keys: Sequence[int], by_account: Mapping[int, Sequence[Finding]], owned: bool
) -> tuple[Card, ...]:
    shown = [one for key in keys for one in by_account[key]]
    read = words.read_for(shown)
    found = []
    for row in rows_in_brief(keys, owned):
        own = sorted(by_account[row.account.pk], key=_in_card)
        items = tuple(item_of(one, read) for one in own)
        found.append(Card(row, own[0].urgency, items))
    return tuple(found)


def _in_card(one: Finding) -> tuple[int, int, str, str]:
    return -one.urgency, list(KINDS).index(one.kind), str(one.facts.get("day", "")), one.key


def item_of(one: Finding, read: words.Read) -> Item:
    """A finding in words."""
    task = read.tasks.get(one.facts["task"]) if one.kind == "task" else None
    return Item(one, words.sentence(one, read), words.note(one, read), address(one), task)


def address(one: Finding) -> str:
    """Where the evidence of a finding is."""
    if one.kind == "task":
        return reverse("task", args=[one.facts["task"]])
    if one.kind == "renewal":
        return reverse("renewal_call", args=[one.account, one.facts["day"]])
    kind = KINDS[one.kind]
    if one.kind == "health":
        return f"{_of_account(kind.page, one.account)}?from={one.facts['since']}#moved"
    return f"{_of_account(kind.page, one.account)}{kind.query}"


def _of_account(page: str, account: int) -> str:
    return _pattern(page).replace("/0", f"/{account}", 1)


@lru_cache(maxsize=32)
def _pattern(page: str) -> str:
    """The address of a page of account 0: to reverse each of a list's takes longer."""
    return reverse(page, args=[0])


def next_due(scope: Scope) -> tuple[Task | None, date | None]:
    """The first task and the first renewal to come, for a day with nothing in it."""
    from tenure.plays.selectors import task_next
    from tenure.web.models import Renewal

    today = scope.since.today
    task = task_next(scope.visible(), today, scope.person())
    rows = Renewal.objects.filter(
        account__in=scope.accounts(), monthly=False, after=None, renews_on__gt=today
    )
    return task, rows.order_by("renews_on").values_list("renews_on", flat=True).first()


def sums(counts: Mapping[str, int]) -> list[tuple[str, Any, int]]:
    """Group, its name, and how many findings it has."""
    return [(group, GROUPS[group], counts[group]) for group in GROUPS]
