"""How far an account could come in what a team can influence: as far as others like it are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.hazards import Move
from tenure.engine.panel import Panel
from tenure.forecast.drivers import better_ways
from tenure.forecast.inputs.days import Floats
from tenure.forecast.services.methods import column
from tenure.metrics.selectors import catalogue_current

BANDS = 3
RECENT = np.timedelta64(366, "D")
ENOUGH = 30  # rows from which on a band has a quartile of its own
CHANGE = ".change_3"
_SEATED = frozenset({"active_people", "active_people_28d"})


@dataclass(frozen=True)
class Reach:
    """Goals of features, from the rows of the last year of a training.

    Accounts are divided into three bands of size: by `size`, seats or else MRR, at `edges` (2,).
    `better`: feature → +1 where more of it is wanted, −1 where less. `goals`: feature → its better
    quartile in each band and, last, among all accounts; values that some account had. nan: none.
    """

    size: str
    edges: tuple[float, ...]
    better: Mapping[str, int]
    goals: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, panel: Panel, names: Sequence[str]) -> "Reach":
        """From the rows that a model is fitted to; `names`: the features it knows."""
        recent = panel.take(panel.origin >= panel.origin.max() - RECENT) if len(panel) else panel
        size = "seats" if np.isfinite(column(recent, "seats")).any() else "mrr"
        sizes = column(recent, size)
        known = sizes[np.isfinite(sizes)]
        shares = np.arange(1, BANDS) / BANDS
        edges = tuple(_quantile(known, share) for share in shares) if known.size else ()
        band = _bands(sizes, edges)
        metrics = catalogue_current()
        wanted = {key: metrics[key].higher_is_better for key in metrics.keys}
        better = better_ways(names, wanted)
        goals = {
            name: _goals(column(recent, name), band, 0.75 if way > 0 else 0.25)
            for name, way in better.items()
        }
        return cls(size, edges, better, goals)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "size": self.size,
            "edges": list(self.edges),
            "better": dict(self.better),
            "goals": {
                name: [float(g) if np.isfinite(g) else None for g in goals]
                for name, goals in self.goals.items()
            },
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Reach":
        """What `plain` gave."""
        goals = {
            name: tuple(np.nan if goal is None else float(goal) for goal in found)
            for name, found in plain["goals"].items()
        }
        return cls(plain["size"], tuple(plain["edges"]), dict(plain["better"]), goals)

    def moves(self, names: Sequence[str], panel: Panel, then: Mapping[str, Floats]) -> list[Move]:
        """Where the accounts of a panel could come: a move for each feature.

        The better one of the value of 13 weeks before and of the better quartile of accounts of
        their size. No more active people than seats; what is not known is not moved.
        """
        seats = column(panel, "seats")
        band = _bands(column(panel, self.size), self.edges)
        found = []
        for name, way in self.better.items():
            now = column(panel, name)
            goal = np.asarray(self.goals[name])[band]
            before = then.get(name, np.full(now.shape, np.nan))
            goal = way * np.fmax(way * goal, way * before)
            if name in _SEATED:
                goal = np.fmin(goal, seats)
            goal = np.where(way * (goal - now) > 0, goal, np.nan)
            along = tuple(n for n in (f"{name}{CHANGE}",) if n in names)
            found.append(Move(name, goal, along))
        return found


def _bands(sizes: Floats, edges: Sequence[float]) -> NDArray[np.int64]:
    """Band of each row; the one of all accounts where its size is not known."""
    if not edges:
        return np.full(sizes.shape, BANDS, dtype=np.int64)
    at = np.searchsorted(np.asarray(edges), sizes, side="left")
    return np.where(np.isfinite(sizes), at, BANDS)


def _goals(values: Floats, band: NDArray[np.int64], share: float) -> tuple[float, ...]:
    known = np.isfinite(values)
    if not known.any():
        return (np.nan,) * (BANDS + 1)
    every = _quantile(values[known], share)
    parts = (values[known & (band == b)] for b in range(BANDS))
    return (*(_quantile(part, share) if part.size >= ENOUGH else every for part in parts), every)


def _quantile(values: Floats, share: float) -> float:
    """A value that is there, so that a count stays a whole number."""
    return float(np.quantile(values, share, method="nearest"))
