"""The matrix of features and accounts, and how many accounts use each feature."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.engine.adoption import Difference, difference
from tenure.engine.retention import Interval, share_interval
from tenure.metrics.selectors.questions import FeatureBook
from tenure.relationship.models import Level
from tenure.web.adoption.reader import Members, Reader, groups_of
from tenure.web.retention.heat import HeatCell
from tenure.web.whole import whole

Ints = NDArray[np.int64]
SHOWN: dict[str, Promise] = {"people": _("active people"), "uses": _("uses")}
COLUMNS = 12
MOST_COLUMNS = 60
MOST_RATES = 60


@dataclass(frozen=True)
class Rate:
    """How many of the accounts that pay use a feature.

    `change`: of the share against the four weeks before, over the same accounts. `apart`: the
    share among clients less that among customers.
    """

    feature: str
    place: int
    accounts: int
    share: float | None
    interval: Interval | None
    change: float | None
    plans: tuple[HeatCell, ...]
    customers: HeatCell
    clients: HeatCell
    apart: Difference | None

    @property
    def both(self) -> tuple[HeatCell, HeatCell]:
        return self.customers, self.clients


@dataclass(frozen=True)
class Rates:
    """The features most accounts use, and of how many accounts. `hidden`: features not listed."""

    rows: tuple[Rate, ...]
    paying: int
    customers: int
    clients: int
    plans: tuple[str, ...]
    hidden: int


@dataclass(frozen=True)
class Use:
    """A book narrowed to the accounts counted: `place` is that of the account in the members."""

    book: FeatureBook
    place: Ints
    feature: Ints
    people: Ints
    uses: Ints
    before: Ints

    def grid(self, shown: str, features: Sequence[int], accounts: int) -> Ints:
        """(accounts, features) of people or uses."""
        column = np.full(len(self.book.features), -1, dtype=np.int64)
        column[list(features)] = np.arange(len(features))
        found = np.zeros((accounts, len(features)), dtype=np.int64)
        index = column[self.feature]
        wanted = index >= 0
        found[self.place[wanted], index[wanted]] = getattr(self, shown)[wanted]
        return found

    def breadth(self, accounts: int) -> Ints:
        """How many features each account used in four weeks."""
        return np.bincount(self.place[self.uses > 0], minlength=accounts)


def use_of(book: FeatureBook, members: Members) -> Use:
    """Only the rows of accounts that are counted."""
    place, known = members.at(book.account)
    return Use(
        book, place[known], book.feature[known], book.people[known], book.uses[known],
        book.uses_before[known],
    )  # fmt: skip


def rates_of(use: Use, members: Members) -> Rates:
    """Of every feature that any of the accounts used in eight weeks."""
    plans = [g for g in groups_of(members, "plan") if (g.mask & members.paying).any()]
    customers = members.level(Level.CUSTOMER) & members.paying
    clients = members.level(Level.CLIENT, Level.ADVOCATE) & members.paying
    count = len(use.book.features)
    sides = [members.paying, customers, clients, *(g.mask & members.paying for g in plans)]
    used = [_counted(use, use.uses, side, count) for side in sides]
    before = _counted(use, use.before, members.paying, count)
    sizes = [int(side.sum()) for side in sides]
    shown = np.flatnonzero((used[0] > 0) | (before > 0))
    shown = shown[np.argsort(-used[0][shown], kind="stable")]
    rows = tuple(
        _rate(use.book.features[place], place, used, before, sizes, len(shown))
        for place in shown.tolist()
    )
    names = tuple(group.name for group in plans)
    hidden = max(len(rows) - MOST_RATES, 0) + use.book.left_out
    return Rates(rows, sizes[0], sizes[1], sizes[2], names, hidden)


def _counted(use: Use, values: Ints, side: NDArray[np.bool_], count: int) -> Ints:
    wanted = (values > 0) & side[use.place] if len(use.place) else np.zeros(0, dtype=bool)
    return np.bincount(use.feature[wanted], minlength=count)


def _rate(
    name: str, place: int, used: list[Ints], before: Ints, sizes: list[int], among: int
) -> Rate:
    part, whole = int(used[0][place]), sizes[0]
    cells = [_cell(int(n[place]), size) for n, size in zip(used[1:], sizes[1:], strict=True)]
    return Rate(
        feature=name,
        place=place,
        accounts=part,
        share=part / whole if whole else None,
        interval=share_interval(part, whole),
        change=(part - int(before[place])) / whole if whole else None,
        customers=cells[0],
        clients=cells[1],
        plans=tuple(cells[2:]),
        apart=difference(
            int(used[2][place]), sizes[2], int(used[1][place]), sizes[1], among=among
        ),
    )  # fmt: skip


def _cell(part: int, whole: int) -> HeatCell:
    if not whole:
        return HeatCell(None, "")
    return HeatCell(part / whole, str(round(10 * part / whole)))


@dataclass(frozen=True)
class Count:
    """A number of people or uses, and how strongly it is tinted: "" for none, 1 to 10."""

    value: int
    step: str


@dataclass(frozen=True)
class Row:
    """An account with its features, in the order of the columns."""

    pk: int
    name: str
    breadth: int
    cells: tuple[Count, ...]


def columns_of(use: Use, chosen: Sequence[str]) -> list[int]:
    """The places of the features chosen; without any, of those that most accounts use."""
    known = {name: place for place, name in enumerate(use.book.features)}
    wanted = [known[name] for name in dict.fromkeys(chosen) if name in known]
    if wanted:
        return wanted[:MOST_COLUMNS]
    used = np.bincount(use.feature[use.uses > 0], minlength=len(known))
    return [int(place) for place in np.argsort(-used, kind="stable")[:COLUMNS]]


def order_of(use: Use, reader: Reader, sort: str, shown: str) -> tuple[Ints, str, bool]:
    """The places of the accounts in the order asked for, the key of it and whether it falls."""
    members, down = reader.members, sort.startswith("-")
    key = sort.removeprefix("-")
    accounts = len(members.paying)
    names = _by_name(reader)
    if key == "name":
        return (names[::-1] if down else names), key, down
    feature = whole(key, len(use.book.features) - 1)
    if feature is not None:
        value = use.grid(shown, [feature], accounts)[:, 0]
    else:
        key, down = "breadth", down or not sort
        value = use.breadth(accounts)
    # Equal ones stay in the order of their names.
    by = value[names]
    return names[np.argsort(-by if down else by, kind="stable")], key, down


def _by_name(reader: Reader) -> Ints:
    keys = reader.members.asked.account
    named = reader.visible.filter(pk__isnull=False).order_by("name", "pk")
    order = np.fromiter(named.values_list("pk", flat=True).iterator(), dtype=np.int64)
    place, known = reader.members.at(order)
    return place[known] if len(keys) else np.empty(0, dtype=np.int64)


def rows_of(
    use: Use, members: Members, places: Ints, columns: Sequence[int], shown: str
) -> Iterator[Row]:
    """The rows of some accounts, tinted on one scale for all accounts and columns."""
    accounts = len(members.paying)
    grid, breadth = use.grid(shown, columns, accounts), use.breadth(accounts)
    top = np.log1p(grid.max(initial=1))
    keys = members.asked.account[places].tolist()
    names: Mapping[int, str] = dict(
        Account.objects.filter(pk__in=keys).values_list("pk", "name")
        if len(keys) <= 500
        else Account.objects.values_list("pk", "name")
    )
    for place, pk in zip(places.tolist(), keys, strict=True):
        cells = tuple(
            Count(value, str(max(round(10 * float(np.log1p(value) / top)), 1)) if value else "")
            for value in grid[place].tolist()
        )
        yield Row(pk, names.get(pk, ""), int(breadth[place]), cells)
