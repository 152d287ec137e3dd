"""What would lower the risk, in the eyes of the model: forecasts of rows that are changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.model import CauseModel
from tenure.engine.hazards.spread import Z90
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints

_PART = 4096


@dataclass(frozen=True)
class Move:
    """A feature and where it could come to.

    `goal` (n,): the value that each row's feature is set to, nan: that row is not moved. `along`:
    features that change by the same amount as it does, such as its own change over three months,
    so that a changed row is one that could be.
    """

    feature: str
    goal: Floats
    along: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lowers:
    """Moves that lower the risk, one by one, everything else as it is; (k,) each.

    `row` and `move` are indices of the panel and of the moves; `chance` is the probability of the
    cause within the horizon after the move, `low` and `high` its 90 % interval. How such accounts
    differ, as the model has learnt it: not the effect of anything that is done.
    """

    row: Ints
    move: Ints
    chance: Floats
    low: Floats
    high: Floats


def lowers(
    model: CauseModel, panel: Panel, moves: Sequence[Move], horizon: int, least: float
) -> Lowers:
    """Those of the moves that lower the probability by `least` or more."""
    now = _within(_log_odds(model, panel, horizon))
    found = list(_found(model, panel, moves, horizon, now - least))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return Lowers(none, none, *(np.zeros(0) for _ in range(3)))
    return Lowers(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _found(
    model: CauseModel, panel: Panel, moves: Sequence[Move], horizon: int, most: Floats
) -> Iterator[tuple[Ints, Ints, Floats, Floats, Floats]]:
    used = set(model.report.features)
    for at, move in enumerate(moves):
        if not used & {move.feature, *move.along}:
            continue
        asked = np.flatnonzero(np.isfinite(move.goal))
        for first in range(0, asked.size, _PART):
            rows = asked[first : first + _PART]
            changed = moved(panel, move, rows)
            chance = _within(_log_odds(model, changed, horizon))
            lower = np.flatnonzero(chance <= most[rows])
            if lower.size:
                low, high = _limits(model, changed.take(lower), horizon)
                which = np.full(lower.size, at, dtype=np.int64)
                yield rows[lower], which, chance[lower], low, high


def moved(panel: Panel, move: Move, rows: Ints) -> Panel:
    """These rows with the feature at its goal, and what changes along with it."""
    part = panel.take(rows)
    features = part.features.copy()
    at = part.names.index(move.feature)
    by = move.goal[rows] - features[:, at]
    features[:, at] = move.goal[rows]
    for name in move.along:
        features[:, part.names.index(name)] += by
    return replace(part, features=features)


def _log_odds(model: CauseModel, panel: Panel, horizon: int) -> Floats:
    return model.score(panel, horizon).log_odds


def _within(eta: Floats) -> Floats:
    """(n,) probability within all months."""
    return np.asarray(-np.expm1(-np.logaddexp(0.0, eta).sum(axis=1)))


def _limits(model: CauseModel, panel: Panel, horizon: int) -> tuple[Floats, Floats]:
    """Low and high of the probability, (n,) each; see `model.limits`."""
    scored = model.score(panel, horizon)
    rate = np.logaddexp(0.0, scored.log_odds).sum(axis=1)
    pull = chance_of(scored.log_odds).sum(axis=1) / np.maximum(rate, 1e-300)
    step = np.exp(Z90 * pull * model.deviation_at(panel, scored, horizon))
    return -np.expm1(-rate / step), -np.expm1(-rate * step)
