"""The program of a fairer sharing of books: how many accounts alike go from whom to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Keeper:
    """Someone who keeps a book. `capacity`: hours a week, more than 0.

    `languages`, `regions`: those they work in; None: not known, which forbids nothing.
    """

    key: int
    capacity: float
    languages: frozenset[str] | None = None
    regions: frozenset[str] | None = None


@dataclass(frozen=True)
class Holding:
    """An account in a book. `keeper`: whose, None: nobody's. `hours` a week, not negative.

    `stays`: it may not be moved; `language`, `region`: "" when not known.
    """

    account: int
    keeper: int | None
    hours: float
    stays: bool = False
    language: str = ""
    region: str = ""


@dataclass(frozen=True)
class Aim:
    """Loads (hours needed over hours had) between which everybody should be."""

    low: float
    high: float


@dataclass(frozen=True)
class Kind:
    """Accounts alike. `own`: keeper's place → accounts it may give; `free`: those of nobody."""

    hours: float
    places: tuple[int, ...]
    own: dict[int, list[Holding]]
    free: list[Holding]


@dataclass(frozen=True)
class Flow:
    """A variable: so many (at most `most`) of a kind go from a keeper (sign −1) or come (+1)."""

    kind: int
    keeper: int
    sign: int
    most: int


@dataclass(frozen=True)
class Program:
    """The variables are the flows, then s of each keeper. `load`: hours of each keeper before."""

    kinds: Sequence[Kind]
    flows: Sequence[Flow]
    hours: Floats
    load: Floats
    capacity: Floats
    aim: Aim
    seconds: float

    def solved(self, cost: Floats, most_outside: float | None) -> "OptimizeResult":
        """One solution of least cost."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # loads much that few pages need

        count, people = len(self.flows), len(self.capacity)
        limits = self._limits()
        if most_outside is not None:
            outside = np.concatenate([np.zeros(count), np.ones(people)])[None, :]
            limits.append(LinearConstraint(outside, -np.inf, most_outside))
        most = [float(flow.most) for flow in self.flows]
        return milp(
            cost,
            integrality=np.concatenate([np.ones(count), np.zeros(people)]),
            bounds=Bounds(0.0, np.concatenate([most, np.full(people, np.inf)])),
            constraints=limits,
            options={"time_limit": self.seconds},
        )

    def _limits(self) -> list[Any]:
        """As many of a kind come as go, and loads are as near the band as s says."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import coo_array, hstack

        count, people = len(self.flows), len(self.capacity)
        each, signs = np.arange(count), np.array([float(flow.sign) for flow in self.flows])
        kinds = [flow.kind for flow in self.flows]
        even = coo_array((signs, (kinds, each)), (len(self.kinds), count + people)).tocsr()
        free = np.array([float(len(kind.free)) for kind in self.kinds])
        keepers = [flow.keeper for flow in self.flows]
        given = coo_array((signs * self.hours, (keepers, each)), (people, count))
        own = coo_array((np.ones(people), (np.arange(people), np.arange(people))), (people, people))
        low, high = (edge * self.capacity - self.load for edge in (self.aim.low, self.aim.high))
        return [
            LinearConstraint(even, free, free),
            LinearConstraint(hstack([given, own]).tocsr(), low, np.inf),
            LinearConstraint(hstack([given, -own]).tocsr(), -np.inf, high),
        ]
