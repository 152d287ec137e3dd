"""How accounts moved between levels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.forecast.inputs.levels import LevelOn
from tenure.relationship.models import Level, LevelChange


@dataclass(frozen=True)
class Flow:
    """So many accounts that were on `old` at the start are on `new` at the end.

    `old` is empty for accounts that weren't known at the start.
    """

    old: str
    new: str
    accounts: int


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar quarter that holds a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, following - timedelta(days=1)


def levels_on(accounts: QuerySet[Account], day: date) -> dict[int, str]:
    """Account key → its level at the end of a day."""
    changes = LevelChange.objects.filter(account__in=accounts, as_of__lte=day)
    ordered = changes.order_by("as_of", "pk").values_list("account_id", "new")
    return dict(ordered.iterator())


def flow(accounts: QuerySet[Account], quarter: date) -> list[Flow]:
    """Counts from level to level over the quarter that holds a day, staying included."""
    first, last = quarter_of(quarter)
    before = levels_on(accounts, first - timedelta(days=1))
    counts: dict[tuple[str, str], int] = {}
    for account, new in levels_on(accounts, last).items():
        pair = (before.get(account, ""), new)
        counts[pair] = counts.get(pair, 0) + 1
    order = ["", *Level.values]
    pairs = sorted(counts, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return [Flow(old, new, counts[old, new]) for old, new in pairs]


def level_changes(
    accounts: QuerySet[Account], start: date | None = None, end: date | None = None
) -> QuerySet[LevelChange]:
    """Changes of level (first levels left out), newest first."""
    rows = LevelChange.objects.filter(account__in=accounts).exclude(old="")
    if start is not None:
        rows = rows.filter(as_of__gte=start)
    if end is not None:
        rows = rows.filter(as_of__lte=end)
    return rows.select_related("account").order_by("-as_of", "account__name", "pk")


def client_changes(accounts: Sequence[int]) -> Iterator[LevelOn]:
    """When each account came to be a client (or advocate), and when it ceased to, by day."""
    if not accounts:
        return
    rows = LevelChange.objects.filter(account__pk__range=(min(accounts), max(accounts)))
    fields = rows.order_by("as_of", "pk").values_list("account_id", "as_of", "new")
    for account, day, new in fields.iterator():
        yield LevelOn(account, day, new in {Level.CLIENT, Level.ADVOCATE})
