"""Folds by account, and blocks of calendar months where there are several origins."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tenure.engine.hazards.base import months_of
from tenure.engine.hazards.ground import Ground
from tenure.engine.panel.rows import Ints

MANY = 60_000
"""Stretches from which fewer parts are enough."""
_ORIGINS, _ARRIVALS = 4, 60
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Folds:
    """Who is held out when.

    `rows` (n,) and `fold` (m,) are the folds of rows and stretches, 0…parts − 1; `block` (m,) the
    block of the stretch's calendar month, those from edges[b] up to before edges[b + 1]. What is
    forecast of a fold in a block is learnt from other accounts in other blocks, so neither an
    account nor the mood of a month gives its own outcome away (D. R. Roberts et al. 2017,
    Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic
    structure, Ecography 40(8), 913-929).
    """

    rows: Ints
    fold: Ints
    parts: int
    block: Ints
    edges: tuple[int, ...]

    @property
    def blocks(self) -> int:
        """Number of blocks, 1 where time is not blocked."""
        return len(self.edges) - 1

    def cells(self) -> Iterator[tuple[Truths, Truths]]:
        """Stretches to learn from and stretches to forecast, (m,) each, for each fold and block."""
        for part in range(self.parts):
            for block in range(self.blocks):
                learn, rest = self.cell(part, block)
                if learn.any() and rest.any():
                    yield learn, rest

    def cell(self, part: int, block: int) -> tuple[Truths, Truths]:
        """Stretches to learn from and to forecast of one fold and block."""
        here, now = self.fold == part, self.block == block
        return ~here & (~now if self.blocks > 1 else True), here & now


def ordered(ground: Ground) -> tuple[Ground, Folds]:
    """The same with its stretches in the order of their folds and blocks, and those folds.

    What is learnt from then stands together in few pieces.
    """
    folds = divide(ground)
    order = np.lexsort((folds.block, folds.fold))
    sorted_folds = replace(folds, fold=folds.fold[order], block=folds.block[order])
    return replace(ground, periods=ground.periods.take(order)), sorted_folds


def divide(ground: Ground) -> Folds:
    """Folds of a cause's rows and stretches."""
    panel, settings = ground.panel, ground.settings
    many = len(ground.periods) >= MANY
    accounts = np.unique(panel.account).size
    parts = max(2, min(min(settings.folds, 3) if many else settings.folds, accounts))
    rows = by_account(panel.account, ground.risk.came, parts, settings.seed)
    edges = _edges(ground, 2 if many else 3)
    block = np.searchsorted(np.array(edges[1:-1]), ground.calendar, side="right")
    return Folds(rows, rows[ground.periods.row], parts, block.astype(np.int64), edges)


def _edges(ground: Ground, blocks: int) -> tuple[int, ...]:
    """First months of blocks with about as many arrivals each, from −∞ to ∞."""
    far = 1_000_000
    origins = np.unique(months_of(ground.panel)[ground.risk.end > 0]).size
    if origins < _ORIGINS or ground.events < _ARRIVALS * ground.overlap:
        return (-far, far)
    month = np.sort((months_of(ground.panel) + ground.risk.end - 1)[ground.risk.came])
    inner = {int(month[(month.size * b) // blocks]) for b in range(1, blocks)}
    return (-far, *sorted(inner - {int(month[0])}), far)


def by_account(account: Ints, hit: Truths, parts: int, seed: int) -> Ints:
    """Fold 0…parts − 1 of each row; all rows of an account in one, arrivals spread evenly.

    `hit` (n,): whether the row saw an arrival.
    """
    keys, at = np.unique(account, return_inverse=True)
    has = np.zeros(keys.size, dtype=bool)
    np.logical_or.at(has, at, hit)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(keys.size)
    order = shuffled[np.argsort(~has[shuffled], kind="stable")]
    fold = np.empty(keys.size, dtype=np.int64)
    fold[order] = np.arange(keys.size) % parts
    return fold[at]
