"""From month to month between levels: fitted chances with intervals, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenure.relationship.models import Level, MonthlyMoves
from tenure.relationship.selectors.moves import monthly_moves
from tenure.web.ladder.scope import Scope

ORDER = (Level.PROSPECT, Level.CUSTOMER, Level.CLIENT, Level.ADVOCATE, Level.FORMER)


@dataclass(frozen=True)
class Ranged:
    """A mean with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Cell:
    """A monthly chance; `seen`: how often it was observed. `possible`: worth a number at all."""

    level: str
    chance: Ranged
    seen: int
    possible: bool


@dataclass(frozen=True)
class LevelRow:
    """One level: where it leads within a month, and what follows from that in the long run."""

    level: str
    months: int
    cells: tuple[Cell, ...]
    client_within_year: Ranged
    client_months: Ranged
    value: Ranged | None


@dataclass(frozen=True)
class Moves:
    """The whole card. `segment`: what the chances are of; "" is every account."""

    as_of: date
    segment: str
    accounts: int
    steps: int
    horizon: int
    rows: tuple[LevelRow, ...]
    client_share: Sequence[Sequence[float]]


def moves_shown(scope: Scope) -> Moves | None:
    """The chances of the segment that is asked for, if it has its own, else of all accounts."""
    row = (monthly_moves(scope.segment) if scope.segment else None) or monthly_moves()
    if row is None or not row.steps:
        return None
    rows = tuple(_level(row, index) for index in range(len(ORDER)) if sum(row.counts[index]))
    return Moves(
        row.as_of, row.segment, row.accounts, row.steps, row.horizon, rows, row.client_share
    )


def _level(row: MonthlyMoves, index: int) -> LevelRow:
    return LevelRow(
        level=ORDER[index].value,
        months=sum(row.counts[index]),
        cells=tuple(_cell(row, index, to) for to in range(len(ORDER))),
        client_within_year=_ranged(row.client_within_year[index]),
        client_months=_ranged(row.client_months[index]),
        value=_ranged(row.value[index]) if row.value else None,
    )


def _cell(row: MonthlyMoves, index: int, to: int) -> Cell:
    chance, seen = _ranged(row.chances[index][to]), row.counts[index][to]
    return Cell(ORDER[to].value, chance, seen, seen > 0 or chance.high >= 0.001)


def _ranged(triple: Sequence[float]) -> Ranged:
    return Ranged(*triple)
