"""Which accounts the reader counts, each with its plan, tier and level of today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlencode

import numpy as np
from django.core.cache import cache
from django.db.models import Case, IntegerField, QuerySet, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.contracts.models import Plan
from tenure.core import clock
from tenure.core.stored import as_stored
from tenure.metrics.questions import store_mark
from tenure.metrics.questions.live import Asked
from tenure.relationship.models import Level
from tenure.web.listing.filters import Filters, narrowed
from tenure.web.retention.words import tier_name
from tenure.web.sources.kept import cache_key

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
KEPT = ("q", "owner", "tier", "plan", "level", "band")
LEVELS = tuple(Level.values)
KEEP_SECONDS = 900
Found = TypeVar("Found")


@dataclass(frozen=True)
class Members:
    """The accounts counted, and which of them pay today."""

    asked: Asked
    paying: Flags

    def level(self, *levels: str) -> Flags:
        """Those on one of some levels."""
        return np.isin(self.asked.level, [LEVELS.index(level) for level in levels])

    def at(self, account: Ints) -> tuple[Ints, Flags]:
        """The places of some accounts, and whether they are counted at all."""
        keys = self.asked.account
        if not len(keys):
            return np.zeros(len(account), dtype=np.int64), np.zeros(len(account), dtype=bool)
        place = np.searchsorted(keys, account).clip(max=len(keys) - 1)
        return place, keys[place] == account


class Reader:
    """The accounts a user may see, narrowed by the query string.

    Whatever is counted for the page goes through `members`, so nobody counts another's book.
    """

    def __init__(self, query: Mapping[str, str], visible: QuerySet[Account]) -> None:
        given = Filters.read(query)
        self.filters = Filters(**{name: getattr(given, name) for name in KEPT})
        self.visible = visible

    @property
    def narrowed(self) -> bool:
        return any(getattr(self.filters, name) for name in KEPT)

    @cached_property
    def members(self) -> Members:
        # As a number: ten thousand moments would be read from text only to be thrown away.
        pays = Case(When(contract__paying_since__isnull=False, then=1), default=0)
        levels = [When(standing__level=level, then=at) for at, level in enumerate(LEVELS)]
        level = Case(*levels, default=-1, output_field=IntegerField())
        plan, tier = Coalesce("contract__plan", 0), Coalesce("contract__tier", -1)
        rows = narrowed(self.visible, self.filters).order_by("pk")
        groups = (as_stored(number) for number in (plan, tier, level, pays))
        numbers = rows.values_list("pk", *groups).iterator()
        table = np.fromiter(chain.from_iterable(numbers), dtype=np.int64).reshape(-1, 5)
        columns = np.ascontiguousarray(table.T)
        return Members(Asked(*columns[:4]), columns[4] == 1)

    @cached_property
    def mark(self) -> str:
        """Changes whenever another account counts, or one changes its group."""
        digest = sha256(self.members.paying.tobytes())
        for column in self.members.asked.table().columns:
            digest.update(np.asarray(column).tobytes())
        return digest.hexdigest()

    def kept(self, name: str, make: Callable[[], Found], *choices: object) -> Found:
        """What `make` finds in the store, from the cache while neither it nor the day changes."""
        stamp = (store_mark(), clock.today(), self.mark, get_language())
        key = cache_key("adoption", name, stamp, choices)
        known: tuple[Found] | None = cache.get(key)
        if known is None:
            known = (make(),)
            cache.set(key, known, KEEP_SECONDS)
        return known[0]

    def link(self) -> str:
        """The same accounts on the page Accounts."""
        chosen = {name: getattr(self.filters, name) for name in KEPT}
        text = urlencode({name: value for name, value in chosen.items() if value})
        return f"{reverse('accounts')}?{text}" if text else reverse("accounts")


@dataclass(frozen=True)
class Group:
    """Accounts that share a plan or a level. `mask`: by place in the members."""

    name: str
    mask: Flags


def groups_of(members: Members, by: str, most: int = 5, *, rest: bool = False) -> list[Group]:
    """The groups with the most accounts, in a standing order; of levels all that have any.

    `rest`: accounts without a plan today are a group too, so that none of those that left is lost.
    """
    if by == "level":
        found = [Group(str(Level(level).label), members.level(level)) for level in LEVELS]
        return [group for group in found if group.mask.any()]
    if by == "none":
        return [Group(_("All accounts"), np.ones(len(members.paying), dtype=bool))]
    column = members.asked.plan if by == "plan" else members.asked.tier
    values, counts = np.unique(column[column > 0], return_counts=True)
    largest = set(values[np.argsort(-counts, kind="stable")][:most].tolist())
    named = split_names(by)
    order = list(named) if by == "plan" else sorted(named, key=int)
    groups = [Group(named[key], column == int(key)) for key in order if int(key) in largest]
    if rest and (column <= 0).any():
        groups.append(Group(_("no plan"), column <= 0))
    return groups


def split_names(by: str) -> dict[str, str]:
    """What the numbers of plans, tiers and levels are called, as text → text."""
    if by == "plan":
        plans = Plan.objects.order_by("tier", "name").values_list("pk", "name")
        return {str(pk): name for pk, name in plans} | {"0": _("no plan")}
    if by == "tier":
        tiers = Plan.objects.values_list("tier", flat=True).distinct()
        return {str(tier): tier_name(tier) for tier in tiers} | {"-1": _("no plan")}
    if by == "level":
        named = {str(place): str(Level(level).label) for place, level in enumerate(LEVELS)}
        return named | {"-1": _("not evaluated")}
    return {}


def options(reader: Reader, owners: list[Any] | None) -> dict[str, Any]:
    """What the filters offer."""
    from tenure.health.models import Band

    plans = list(Plan.objects.order_by("tier", "name"))
    return {
        "filters": reader.filters,
        "narrowed": reader.narrowed,
        "owners": owners,
        "plans": plans,
        "tiers": sorted({plan.tier for plan in plans}),
        "levels": Level.choices,
        "bands": Band.choices,
        "kept_names": KEPT,
    }
