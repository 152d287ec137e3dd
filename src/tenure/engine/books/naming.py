"""Who shall look after which client, solved for all of them at once.

Let x(c, k) be 1 when client c goes to keeper k, for pairs that languages and regions allow. Each
client goes to one at most, and nobody's book grows beyond its most: need(k) + Σ_c h(c) · x(c, k) ≤
most(k). Solved twice by HiGHS. First the fewest clients without a keeper, of as many those that
pay least, and then the fewest hours by which books that are too full stay so. Then, among all that
do as well: the fewest clients taken from a keeper; the most that go to whoever knows them (the
share of a client's touches that were theirs); the lowest highest load.

In a large team each client is tried first with those who know it and the few with most room. All
are tried only where that leaves somebody lacking, as only an evener load could come of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.engine.books.program import Floats, Holding, Keeper
from tenure.engine.books.rebalancing import eligible

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

EVEN = 0.01
"""A highest load lower by one whole weighs as much as a hundredth of knowing one client."""
SLACK = 1e-6
FEW = 12


@dataclass(frozen=True)
class Client:
    """A client that wants a keeper.

    Attributes:
        holding: The account; its `keeper` is one whose book is too full, None: nobody's.
        worth: What it pays; not negative.
        met: Keeper → touches they had with it.
    """

    holding: Holding
    worth: float
    met: Mapping[int, float]

    def known_by(self, keeper: int) -> float:
        """The share of its touches that were a keeper's, 0 to 1."""
        total = sum(self.met.values())
        return self.met.get(keeper, 0.0) / total if total else 0.0


@dataclass(frozen=True)
class Naming:
    """Account → its keeper to be, in the order of the clients; `without`: those who get none though
    they need one. `proven`: nothing better is possible with the keepers tried; False: the time ran
    out.
    """

    chosen: Mapping[int, int]
    without: tuple[int, ...]
    proven: bool


def named(
    keepers: Sequence[Keeper],
    clients: Sequence[Client],
    need: Mapping[int, float],
    most: Mapping[int, float],
    seconds: float = 5.0,
) -> Naming:
    """Keepers for clients. `need`, `most`: hours a week that a book takes, and may take at most,
    of keepers and of those whose books are too full. `seconds`: for each of the two solutions.
    """
    task = _Task(keepers, clients, need, most, FEW)
    if not task.pairs:
        return Naming({}, task.without(np.zeros(0)), proven=True)
    first = task.solved(task.lacks, None, seconds)
    if len(keepers) > FEW and (first.x is None or first.fun > task.nothing_lacks + SLACK):
        task = _Task(keepers, clients, need, most, len(keepers))
        first = task.solved(task.lacks, None, seconds)
    if first.x is None:
        return Naming({}, task.without(np.zeros(len(task.pairs))), proven=False)
    second = task.solved(task.likes, float(first.fun) + SLACK, seconds)
    best = first if second.x is None else second
    taken = best.x[: len(task.pairs)]
    chosen = {
        clients[c].holding.account: keepers[k].key
        for (c, k), value in zip(task.pairs, taken, strict=True)
        if value > 0.5
    }
    proven = first.status == 0 and second.status == 0
    return Naming(chosen, task.without(taken), proven)


class _Task:
    """The variables are x of the pairs, then what stays too full of each owner, then the highest
    load.
    """

    def __init__(
        self,
        keepers: Sequence[Keeper],
        clients: Sequence[Client],
        need: Mapping[int, float],
        most: Mapping[int, float],
        few: int,
    ) -> None:
        self.keepers, self.clients, self.need, self.most = keepers, clients, need, most
        owners = dict.fromkeys(one.holding.keeper for one in clients)
        self.owners = [owner for owner in owners if owner is not None]
        self.excess = np.array([max(need[o] - most[o], 0.0) for o in self.owners])
        self.pairs = [(c, k) for c, one in enumerate(clients) for k in self._open_to(one, few)]

    def _open_to(self, client: Client, few: int) -> list[int]:
        """Places of the keepers it may go to: those who know it, and the few with most room."""
        room = {k: self.most[one.key] - self.need[one.key] for k, one in enumerate(self.keepers)}
        may = [
            k
            for k, one in enumerate(self.keepers)
            if one.key != client.holding.keeper
            and eligible(one, client.holding)
            and client.holding.hours <= room[k] + SLACK
        ]
        roomy = set(sorted(may, key=lambda k: (-room[k], k))[:few])
        return [k for k in may if k in roomy or client.known_by(self.keepers[k].key)]

    @property
    def size(self) -> int:
        return len(self.pairs) + len(self.owners) + 1

    @property
    def nothing_lacks(self) -> float:
        """What `lacks` costs at least: all of nobody's given away that can be, no book too full."""
        gained = [0.0] * len(self.clients)
        for (c, _k), cost in zip(self.pairs, self.lacks, strict=False):
            gained[c] = min(gained[c], float(cost))
        return sum(gained)

    @cached_property
    def lacks(self) -> Floats:
        """Clients of nobody who stay so, each more than all hours that are too many."""
        whole = float(self.excess.sum()) + 1.0
        worth = 1.0 + sum(one.worth for one in self.clients)
        cost = np.zeros(self.size)
        for at, (c, _k) in enumerate(self.pairs):
            if self.clients[c].holding.keeper is None:
                cost[at] = -whole * (1.0 + self.clients[c].worth / worth)
        cost[len(self.pairs) : -1] = 1.0
        return cost

    @cached_property
    def likes(self) -> Floats:
        """Moves, each more than all knowledge of clients, and that more than an even load."""
        cost, move = np.zeros(self.size), float(len(self.clients) + 1)
        for at, (c, k) in enumerate(self.pairs):
            client = self.clients[c]
            cost[at] = move if client.holding.keeper is not None else 0.0
            cost[at] -= client.known_by(self.keepers[k].key)
        cost[-1] = EVEN
        return cost

    def solved(self, cost: Floats, most_lacking: float | None, seconds: float) -> "OptimizeResult":
        """The solution of least cost, among those that lack no more."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # loads much that few pages need

        matrix, upper = self._limits()
        limits: list[Any] = [LinearConstraint(matrix, -np.inf, upper)]
        if most_lacking is not None:
            limits.append(LinearConstraint(self.lacks[None, :], -np.inf, most_lacking))
        count = len(self.pairs)
        ends = np.concatenate([np.ones(count), self.excess, [np.inf]])
        return milp(
            cost,
            integrality=np.concatenate([np.ones(count), np.zeros(len(self.owners) + 1)]),
            bounds=Bounds(0.0, ends),
            constraints=limits,
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )

    def _limits(self) -> tuple[Any, Floats]:
        """Rows: each client once; the most of each keeper; what stays too full; the load."""
        from scipy.sparse import coo_array

        clients, keepers, owners = len(self.clients), len(self.keepers), len(self.owners)
        place = {owner: at for at, owner in enumerate(self.owners)}
        cells: list[tuple[int, int, float]] = []
        for at, (c, k) in enumerate(self.pairs):
            holding, keeper = self.clients[c].holding, self.keepers[k]
            cells += [(c, at, 1.0), (clients + k, at, holding.hours)]
            cells.append((clients + keepers + owners + k, at, holding.hours / keeper.capacity))
            if holding.keeper is not None:
                cells.append((clients + keepers + place[holding.keeper], at, -holding.hours))
        cells += [(clients + keepers + at, len(self.pairs) + at, -1.0) for at in range(owners)]
        cells += [(clients + keepers + owners + k, self.size - 1, -1.0) for k in range(keepers)]
        rows, columns, values = zip(*cells, strict=True)
        shape = (clients + 2 * keepers + owners, self.size)
        room = [max(self.most[one.key] - self.need[one.key], 0.0) + SLACK for one in self.keepers]
        load = [-self.need[one.key] / one.capacity for one in self.keepers]
        upper = np.array([*np.ones(clients), *room, *(-self.excess), *load])
        return coo_array((values, (rows, columns)), shape).tocsr(), upper

    def without(self, taken: Floats) -> tuple[int, ...]:
        """Clients of nobody who stay so, and those who stay in a book that is still too full."""
        gone = {c for (c, _k), value in zip(self.pairs, taken, strict=True) if value > 0.5}
        left = dict(zip(self.owners, self.excess.tolist(), strict=True))
        for c in gone:
            holding = self.clients[c].holding
            if holding.keeper is not None:
                left[holding.keeper] -= holding.hours
        return tuple(
            one.holding.account
            for c, one in enumerate(self.clients)
            if c not in gone and (one.holding.keeper is None or left[one.holding.keeper] > SLACK)
        )
