"""A metric under the definition in force and under another one, side by side, before saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.events.selectors import store_snapshot
from tenure.metrics.compile.duck import DuckEngine
from tenure.metrics.compile.panel import plan_of, seed_weeks
from tenure.metrics.compile.span import week_index
from tenure.metrics.definitions import Catalogue, catalogue_of, parse
from tenure.metrics.panel.compute import Computation
from tenure.metrics.panel.slices import Box
from tenure.metrics.panel.work import Work, began
from tenure.metrics.selectors.catalogue import bodies_current, checked

Grid: TypeAlias = NDArray[np.float64]
MOST_ACCOUNTS = 1_000
STRETCHES = 4


@dataclass(frozen=True)
class Trial:
    """Newest weeks of a metric and of all that lean on it, under both definitions.

    `accounts`: the keys tried, ascending, of `all_accounts`. `now`, `then`: metric → accounts ×
    weeks, the running week last; nan is unknown. A metric there was not has no `now`.
    """

    key: str
    accounts: tuple[int, ...]
    all_accounts: int
    now: Mapping[str, Grid]
    then: Mapping[str, Grid]

    @property
    def whole(self) -> bool:
        """Whether every account was tried."""
        return len(self.accounts) == self.all_accounts


def metric_trial(key: str, body: Mapping[str, Any], weeks: int = 1) -> Trial:
    """Compute a metric for today under both definitions, on at most a thousand accounts.

    Both sides are computed now, so that what differs comes from the definition alone. `weeks`: how
    many weeks back the values are wanted.

    Raises:
        InvalidDefinition: the definition does not hold together with those in force.
    """
    bodies = bodies_current()
    others = bodies | {key: checked({key: body})[key].body}
    new = catalogue_of(parse(one) for one in others.values())
    old = catalogue_of(parse(one) for one in bodies.values())
    accounts, stretches, count = _tried()
    affected = sorted(leaning(new, key) | (leaning(old, key) if key in old else set()))
    return Trial(
        key,
        accounts,
        count,
        _computed(old, [k for k in affected if k in old], accounts, stretches, weeks),
        _computed(new, [k for k in affected if k in new], accounts, stretches, weeks),
    )


def leaning(catalogue: Catalogue, key: str) -> set[str]:
    """A metric and every metric that is computed from it, however far removed."""
    found = {key}
    for metric in catalogue.metrics:  # each comes after those it leans on
        if found & set(metric.inputs):
            found.add(metric.key)
    return found


def _tried() -> tuple[tuple[int, ...], list[tuple[int, int]], int]:
    """The accounts to try, the ranges of keys they stand in, and how many there are in all.

    Of many accounts a few stretches, evenly apart: neither only the oldest nor only the newest.
    """
    keys = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    if len(keys) <= MOST_ACCOUNTS:
        parts = [keys] if keys else []
    else:
        size = MOST_ACCOUNTS // STRETCHES
        step = (len(keys) - size) / (STRETCHES - 1)
        starts = [round(step * i) for i in range(STRETCHES)]
        ends = [*starts[1:], len(keys)]
        parts = [keys[a : min(a + size, b)] for a, b in zip(starts, ends, strict=True)]
    taken = tuple(key for part in parts for key in part)
    return taken, [(part[0], part[-1]) for part in parts], len(keys)


def _computed(
    catalogue: Catalogue,
    keys: Sequence[str],
    accounts: tuple[int, ...],
    stretches: Sequence[tuple[int, int]],
    weeks: int,
) -> dict[str, Grid]:
    grids = {key: np.full((len(accounts), weeks), np.nan) for key in keys}
    if not keys or not accounts:
        return grids
    part, running = catalogue.only(keys), week_index(clock.today())
    # No account has a row before the first week, so windows of events fill up from there.
    filling = plan_of(part).lookback
    first = running - weeks - filling - seed_weeks(part) - sum(m.weeks for m in part.derived)
    regions = tuple(Box(low, high, first, running) for low, high in stretches)
    snapshot = store_snapshot()
    work = Work(regions, began(snapshot), first, "", (), {}, full=True)
    place = np.asarray(accounts, dtype=np.int64)
    with DuckEngine(filesystem=None if snapshot.local else snapshot.filesystem) as engine:
        for block in Computation(engine, part, work, snapshot, clock.today()).blocks():
            week = block.rows["week"].to_numpy() - (running - weeks + 1)
            account = block.rows["account_id"].to_numpy()
            row = np.minimum(np.searchsorted(place, account), len(place) - 1)
            fits = (week >= 0) & (place[row] == account)
            for key in keys:
                values = block.rows[key].to_numpy().astype(float)
                grids[key][row[fits], week[fits]] = values[fits]
    return grids
