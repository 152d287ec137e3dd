"""As few moves as possible that bring everybody's load close to the team's, solved exactly.

x(i, p) = 1 when account i goes to person p, over the p that may have it; Σ_p x(i, p) = 1. Of each
person p the hours outside the band are s(p) ≥ 0, with

    low · c(p) − s(p) ≤ fixed(p) + Σ_i h(i) · x(i, p) ≤ high · c(p) + s(p).

Solved twice by HiGHS: first least Σ s(p), then least moves among all that are as good. So a band
that cannot be reached by all is approached as closely as can be. Between proposals with the same
number of moves, the one that moves fewer hours is taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

TIE = 0.5
"""All hours together weigh so much of one move, so that they decide between equals only."""
SLACK = 0.05
"""Hours by which the second solution may be outside the band beyond the first."""
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
class Move:
    """An account goes from one keeper (None: from nobody) to another."""

    account: int
    source: int | None
    target: int


@dataclass(frozen=True)
class Proposal:
    """Moves, and loads by keeper before and after all of them.

    Attributes:
        aim: The band.
        outside: Hours a week by which loads are outside the band after all moves, summed.
        proven: Whether no smaller number of moves does as well; False: the time ran out.
        orphans: Accounts of nobody that nobody may take.
    """

    aim: Aim
    moves: tuple[Move, ...]
    before: Mapping[int, float]
    after: Mapping[int, float]
    outside: float
    proven: bool
    orphans: tuple[int, ...]


def eligible(keeper: Keeper, holding: Holding) -> bool:
    """Whether language and region, where both sides are known, allow the account to go there."""
    return _fits(keeper.languages, holding.language) and _fits(keeper.regions, holding.region)


def _fits(known: frozenset[str] | None, wanted: str) -> bool:
    return known is None or not wanted or wanted in known


@dataclass(frozen=True)
class _Choice:
    """One x(i, p): `holding`, `keeper` by their places. `moves`: it costs a move."""

    holding: int
    keeper: int
    moves: bool


def rebalance(
    keepers: Sequence[Keeper],
    holdings: Sequence[Holding],
    width: float,
    seconds: float = 5.0,
) -> Proposal:
    """The fewest moves that bring all loads within ± `width` of the team's load.

    The team's load is taken over all hours that can be had of somebody, so a proposal shares what
    there is fairly; it makes nobody's load fit who has too many accounts in a team that has.

    Args:
        keepers: (k,) people.
        holdings: (n,) accounts; one whose keeper isn't among `keepers` is nobody's.
        width: Half the band, as a share of the team's load, 0-1.
        seconds: Time for each of the two solutions.

    Raises:
        ValueError: If a capacity, an hour or the width is out of its range.
    """
    _check(keepers, holdings, width)
    place = {keeper.key: at for at, keeper in enumerate(keepers)}
    capacity = np.array([keeper.capacity for keeper in keepers])
    choices = list(_choices(keepers, holdings, place))
    taken = {choice.holding for choice in choices}
    left = [holding for at, holding in enumerate(holdings) if at not in taken]
    fixed = _hours(place, left, {})
    aim = _aim(float(fixed.sum()) + sum(holdings[at].hours for at in taken), capacity, width)
    chosen, proven = _solved(choices, holdings, fixed, capacity, aim, seconds)
    moves = [_move(c, holdings, keepers) for c in chosen]
    moves = [move for move in moves if move.source != move.target]
    before = _hours(place, holdings, {})
    after = _hours(place, holdings, {move.account: move.target for move in moves})
    outside = np.maximum(np.maximum(aim.low * capacity - after, after - aim.high * capacity), 0.0)
    return Proposal(
        aim=aim,
        moves=tuple(moves),
        before={k.key: float(before[at] / k.capacity) for at, k in enumerate(keepers)},
        after={k.key: float(after[at] / k.capacity) for at, k in enumerate(keepers)},
        outside=float(outside.sum()),
        proven=proven,
        orphans=tuple(h.account for h in left if h.hours and h.keeper not in place),
    )


def _aim(hours: float, capacity: Floats, width: float) -> Aim:
    """The band around the load of all together."""
    team = hours / float(capacity.sum()) if len(capacity) else 0.0
    return Aim(team * (1.0 - width), team * (1.0 + width))


def _check(keepers: Sequence[Keeper], holdings: Sequence[Holding], width: float) -> None:
    if any(not (np.isfinite(k.capacity) and k.capacity > 0) for k in keepers):
        raise ValueError("a capacity must be more than 0 hours")
    if any(not (np.isfinite(h.hours) and h.hours >= 0) for h in holdings):
        raise ValueError("hours of an account must not be negative")
    if not 0 <= width <= 1:
        raise ValueError("the width of the band is a share, 0-1")


def _choices(
    keepers: Sequence[Keeper], holdings: Sequence[Holding], place: Mapping[int, int]
) -> Iterator[_Choice]:
    """Of accounts that can go somewhere: to stay (if somebody has it), and each place to go."""
    for at, holding in enumerate(holdings):
        own = None if holding.keeper is None else place.get(holding.keeper)
        if not holding.hours or (own is not None and holding.stays):
            continue
        found = [_Choice(at, own, moves=False)] if own is not None else []
        for to, keeper in enumerate(keepers):
            if to != own and eligible(keeper, holding):
                found.append(_Choice(at, to, moves=own is not None))
        if own is None or len(found) > 1:
            yield from found


def _solved(
    choices: Sequence[_Choice],
    holdings: Sequence[Holding],
    fixed: Floats,
    capacity: Floats,
    aim: Aim,
    seconds: float,
) -> tuple[list[_Choice], bool]:
    """The choices taken, and whether both solutions are proven the best."""
    if not choices:
        return [], True
    hours = np.array([holdings[c.holding].hours for c in choices])
    movable = sum(holdings[at].hours for at in {c.holding for c in choices})
    weight = TIE * hours / movable
    cost = np.array([float(c.moves) for c in choices]) * (1.0 + weight)
    apart = np.concatenate([np.zeros(len(choices)), np.ones(len(capacity))])
    first = _milp(apart, choices, hours, fixed, capacity, aim, None, seconds)
    if first.x is None:
        return [], False
    least = float(first.x[len(choices) :].sum())
    aims = np.concatenate([cost, np.zeros(len(capacity))])
    second = _milp(aims, choices, hours, fixed, capacity, aim, least + SLACK, seconds)
    found = first if second.x is None else second
    taken = [c for c, x in zip(choices, found.x[: len(choices)], strict=True) if x > 0.5]
    return taken, first.status == 0 and second.status == 0


def _milp(
    cost: Floats,
    choices: Sequence[_Choice],
    hours: Floats,
    fixed: Floats,
    capacity: Floats,
    aim: Aim,
    most_outside: float | None,
    seconds: float,
) -> "OptimizeResult":
    """One solution. The variables: x of each choice, then s of each keeper."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # loads much that few pages need
    from scipy.sparse import coo_array, hstack

    count, people = len(choices), len(capacity)
    accounts = sorted({c.holding for c in choices})
    row = {holding: at for at, holding in enumerate(accounts)}
    each = np.arange(count)
    once = coo_array(
        (np.ones(count), ([row[c.holding] for c in choices], each)), (len(accounts), count + people)
    ).tocsr()
    given = coo_array((hours, ([c.keeper for c in choices], each)), (people, count))
    own = coo_array((np.ones(people), (np.arange(people), np.arange(people))), (people, people))
    limits: list[Any] = [
        LinearConstraint(once, 1.0, 1.0),
        LinearConstraint(hstack([given, own]).tocsr(), aim.low * capacity - fixed, np.inf),
        LinearConstraint(hstack([given, -own]).tocsr(), -np.inf, aim.high * capacity - fixed),
    ]
    if most_outside is not None:
        outside = np.concatenate([np.zeros(count), np.ones(people)])[None, :]
        limits.append(LinearConstraint(outside, -np.inf, most_outside))
    return milp(
        cost,
        integrality=np.concatenate([np.ones(count), np.zeros(people)]),
        bounds=Bounds(0.0, np.concatenate([np.ones(count), np.full(people, np.inf)])),
        constraints=limits,
        options={"time_limit": seconds},
    )


def _move(choice: _Choice, holdings: Sequence[Holding], keepers: Sequence[Keeper]) -> Move:
    holding = holdings[choice.holding]
    return Move(holding.account, holding.keeper, keepers[choice.keeper].key)


def _hours(
    place: Mapping[int, int], holdings: Sequence[Holding], moved: Mapping[int, int]
) -> Floats:
    """Hours of each keeper's accounts, some of them moved."""
    hours = np.zeros(len(place))
    for holding in holdings:
        keeper = moved.get(holding.account, holding.keeper)
        at = None if keeper is None else place.get(keeper)
        if at is not None:
            hours[at] += holding.hours
    return hours
