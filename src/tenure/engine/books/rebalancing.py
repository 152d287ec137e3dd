"""As few moves as possible that bring everybody's load close to the team's, solved exactly.

Accounts of as many hours that the same people may have are alike, so only their numbers matter: of
each kind t, o(p, t) go away from person p and a(p, t) come to one who may have them, and as many go
(or were nobody's) as come. Of each person p the hours outside the band are s(p) ≥ 0, with

    low · c(p) − s(p) ≤ load(p) + Σ_t h(t) · (a(p, t) − o(p, t)) ≤ high · c(p) + s(p).

Solved twice by HiGHS: first least Σ s(p), then least moves among all that are as good. So a band
that cannot be reached by all is approached as closely as can be. Between proposals with the same
number of moves, the one that moves fewer hours is taken; of accounts alike, those named first go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.books.program import Aim, Floats, Flow, Holding, Keeper, Kind, Program

TIE = 0.5
"""All hours together weigh so much of one move, so that they decide between equals only."""
SLACK = 0.05
"""Hours by which the second solution may be outside the band beyond the first."""


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
    kinds = _kinds(keepers, holdings, place)
    before, free = _hours(place, holdings, {}), sum(k.hours * len(k.free) for k in kinds)
    aim = _aim(float(before.sum()) + free, capacity, width)
    flows, counts, proven = _solved(kinds, before, capacity, aim, seconds)
    moves = list(_moves(kinds, flows, counts, keepers))
    after = _hours(place, holdings, {move.account: move.target for move in moves})
    outside = np.maximum(np.maximum(aim.low * capacity - after, after - aim.high * capacity), 0.0)
    given = {holding.account for kind in kinds for holding in kind.free}
    return Proposal(
        aim=aim,
        moves=tuple(moves),
        before={k.key: float(before[at] / k.capacity) for at, k in enumerate(keepers)},
        after={k.key: float(after[at] / k.capacity) for at, k in enumerate(keepers)},
        outside=float(outside.sum()),
        proven=proven,
        orphans=tuple(
            h.account
            for h in holdings
            if h.hours and h.keeper not in place and h.account not in given
        ),
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


def _kinds(
    keepers: Sequence[Keeper], holdings: Sequence[Holding], place: Mapping[int, int]
) -> list[Kind]:
    """The accounts that can go somewhere, those alike together."""
    fits: dict[tuple[str, str], tuple[int, ...]] = {}
    found: dict[tuple[float, tuple[int, ...]], Kind] = {}
    for holding in holdings:
        own = None if holding.keeper is None else place.get(holding.keeper)
        if not holding.hours or (own is not None and holding.stays):
            continue
        who = (holding.language, holding.region)
        if who not in fits:
            fits[who] = tuple(at for at, k in enumerate(keepers) if eligible(k, holding))
        places = fits[who]
        if not set(places) - {own}:
            continue
        kind = found.setdefault((holding.hours, places), Kind(holding.hours, places, {}, []))
        (kind.free if own is None else kind.own.setdefault(own, [])).append(holding)
    return list(found.values())


def _flows(kinds: Sequence[Kind]) -> Iterator[Flow]:
    for at, kind in enumerate(kinds):
        everything = len(kind.free) + sum(len(accounts) for accounts in kind.own.values())
        yield from (Flow(at, keeper, -1, len(own)) for keeper, own in kind.own.items())
        yield from (Flow(at, keeper, 1, everything) for keeper in kind.places)


def _solved(
    kinds: Sequence[Kind], load: Floats, capacity: Floats, aim: Aim, seconds: float
) -> tuple[list[Flow], list[int], bool]:
    """The flows, how many accounts each takes, and whether both solutions are proven the best."""
    flows = list(_flows(kinds))
    if not flows:
        return [], [], True
    leaving = np.array([float(flow.sign < 0) for flow in flows])
    hours = np.array([kinds[flow.kind].hours for flow in flows])
    movable = sum(k.hours * (len(k.free) + sum(map(len, k.own.values()))) for k in kinds)
    cost = leaving * (1.0 + TIE * hours / movable)
    apart = np.concatenate([np.zeros(len(flows)), np.ones(len(capacity))])
    program = Program(kinds, flows, hours, load, capacity, aim, seconds)
    first = program.solved(apart, None)
    if first.x is None:
        return [], [], False
    least = float(first.x[len(flows) :].sum())
    second = program.solved(np.concatenate([cost, np.zeros(len(capacity))]), least + SLACK)
    found = first if second.x is None else second
    counts = [round(x) for x in found.x[: len(flows)]]
    return flows, counts, first.status == 0 and second.status == 0


def _moves(
    kinds: Sequence[Kind],
    flows: Sequence[Flow],
    counts: Sequence[int],
    keepers: Sequence[Keeper],
) -> Iterator[Move]:
    """Which accounts go where; one who would give and get of a kind does neither with it."""
    net: list[dict[int, int]] = [{} for _kind in kinds]
    for flow, count in zip(flows, counts, strict=True):
        net[flow.kind][flow.keeper] = net[flow.kind].get(flow.keeper, 0) + flow.sign * count
    for kind, change in zip(kinds, net, strict=True):
        going = list(kind.free)
        for keeper, count in change.items():
            going += kind.own[keeper][:-count] if count < 0 else []
        targets = [keeper for keeper, count in change.items() for _one in range(count)]
        for holding, target in zip(going, targets, strict=bool(change)):
            yield Move(holding.account, holding.keeper, keepers[target].key)


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
