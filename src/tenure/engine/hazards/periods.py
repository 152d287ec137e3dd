"""From a panel to account-months at risk, with censoring and arrivals done right."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.hazards.spans import span_of_month
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints


@dataclass(frozen=True)
class AtRisk:
    """Until when each row of a panel is at risk of one cause.

    `end` (n,) is the last month at risk, 0…H; `came` (n,) whether the cause came in that month.
    `weight` (n,).
    """

    end: Ints
    came: NDArray[np.bool_]
    weight: Floats


@dataclass(frozen=True)
class Periods:
    """m stretches of months at risk, each with one row, one span and one set of `ahead` values.

    Attributes:
        row: (m,) index into the panel.
        month: (m,) first month of the stretch.
        span: (m,) index of its span.
        came: (m,) 1.0 where the cause came, for a single month; 0.0 for months without.
        weight: (m,) number of months, times the row's weight, over the chance of being sampled.
    """

    row: Ints
    month: Ints
    span: Ints
    came: Floats
    weight: Floats

    def __len__(self) -> int:
        return int(self.row.shape[0])

    def take(self, which: Any) -> "Periods":
        """Some of them, by index or mask."""
        parts = (self.row, self.month, self.span, self.came, self.weight)
        return Periods(*(part[which] for part in parts))


def at_risk(panel: Panel, cause: str, horizons: int) -> AtRisk:
    """Months at risk of a cause within H months.

    The first cause ends the time at risk of every cause; any other is at risk until it first
    arrives. Time at risk also ends with what has been followed.
    """
    at = panel.causes.index(cause)
    mine, first = panel.months[:, at], panel.months[:, 0]
    seen = np.where(first > 0, np.minimum(first, panel.followed), panel.followed)
    came = (mine > 0) & (mine <= np.minimum(seen, horizons))
    end = np.where(came, mine, np.minimum(seen, horizons))
    weight = np.ones(len(panel)) if panel.weight is None else panel.weight
    return AtRisk(np.maximum(end, 0), came, np.asarray(weight, dtype=float))


def starts(panel: Panel, horizons: int) -> NDArray[np.bool_]:
    """Months at which a row's span or `ahead` values change, (n, H); the first always does."""
    spans = span_of_month(horizons)
    fresh = np.concatenate([[True], np.diff(spans) > 0])
    cut = np.repeat(fresh[None, :], len(panel), axis=0)
    for j in range(len(panel.ahead_names)):
        values = panel.ahead[:, :horizons, j]
        same = (values[:, 1:] == values[:, :-1]) | (
            np.isnan(values[:, 1:]) & np.isnan(values[:, :-1])
        )
        cut[:, 1:] |= ~same
    return cut


@dataclass(frozen=True)
class Stretches:
    """Stretches of months with one span and one set of `ahead` values, whatever came of the rows.

    `row`, `month`, `span` (R,): the row, the first month and its span; `run` (n, H): index of the
    stretch that a row's month is in.
    """

    row: Ints
    month: Ints
    span: Ints
    run: Ints


def stretches(panel: Panel, horizons: int) -> Stretches:
    """The stretches of all months of all rows."""
    cut = starts(panel, horizons)
    row, at = np.nonzero(cut)
    run = np.cumsum(cut.ravel()).reshape(cut.shape) - 1
    return Stretches(row, at + 1, span_of_month(horizons)[at], run)


def expand(panel: Panel, risk: AtRisk, horizons: int) -> Periods:
    """All stretches at risk of all rows."""
    cut = starts(panel, horizons)
    months = np.arange(1, horizons + 1)
    cut &= months[None, :] <= risk.end[:, None]
    row, at = np.nonzero(cut)
    first = at + 1
    last_of_row = np.concatenate([row[1:] != row[:-1], [True]]) if row.size else row.astype(bool)
    following = np.concatenate([first[1:], [0]]) if row.size else first
    stop = np.where(last_of_row, risk.end[row] + 1, following)
    hit = last_of_row & risk.came[row]
    quiet = (stop - first - hit).astype(float)
    spans = span_of_month(horizons)[at]
    still = quiet > 0
    return Periods(
        row=np.concatenate([row[still], row[hit]]),
        month=np.concatenate([first[still], first[hit]]),
        span=np.concatenate([spans[still], spans[hit]]),
        came=np.concatenate([np.zeros(still.sum()), np.ones(hit.sum())]),
        weight=np.concatenate([(quiet * risk.weight[row])[still], risk.weight[row][hit]]),
    )


def sample(periods: Periods, most: int, rng: np.random.Generator) -> Periods:
    """About `most` of them at most: those with an arrival first, the others by their weight.

    Each kept one's weight is divided by its chance of being kept, so that weighted sums over the
    sample estimate those over all without bias.
    """
    if len(periods) <= most:
        return periods
    hit = periods.came > 0
    share = min(1.0, 0.5 * most / max(int(hit.sum()), 1))
    room = most - share * hit.sum()
    chance = np.where(hit, share, _chances(periods.weight * ~hit, room))
    kept = np.flatnonzero(rng.random(len(periods)) < chance)
    thinned = periods.take(kept)
    weight = thinned.weight / chance[kept]
    return Periods(thinned.row, thinned.month, thinned.span, thinned.came, weight)


def _chances(weight: Floats, room: float) -> Floats:
    """Chances proportional to the weight, at most 1, that add up to about `room`."""
    chance = np.zeros_like(weight)
    scale = room / max(float(weight.sum()), 1e-300)
    for _ in range(4):
        chance = np.minimum(weight * scale, 1.0)
        scale *= room / max(float(chance.sum()), 1e-300)
    return np.minimum(weight * scale, 1.0)
