"""How steady reasons are over resamples of the accounts that a model was fitted to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.hazards.design import Design
from tenure.engine.hazards.drivers import path_of
from tenure.engine.hazards.model import CauseModel
from tenure.engine.hazards.periods import Stretches
from tenure.engine.hazards.report import BOOSTED, RIDGE
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints


def steadiness(
    model: CauseModel,
    panel: Panel,
    horizon: int,
    groups: Sequence[Sequence[int]],
    shown: Floats,
    top: int,
) -> Floats:
    """Share of resamples in which a driver would be told again, (n, d); nan without resamples.

    That is: its contribution has the sign it has in `shown` (n, d) and is among the `top` largest
    of its row. `groups`: places of each driver's features among the panel's and the known-ahead
    values. Months weigh as on the path of the model itself (see `drivers.contributions`).
    """
    resamples = model.resamples
    if resamples is None or not resamples.count:
        return np.full(shown.shape, np.nan)
    path = path_of(model, panel, horizon)
    pull, kept = path.by_stretch, np.zeros(shown.shape)
    linear = (
        None
        if model.ridge is None
        else _Linear.of(model.ridge.design, panel, path.at, pull, groups)
    )
    for member in range(resamples.count):
        told = np.zeros(shown.shape)
        if linear is not None:
            told += model.weight(RIDGE) * linear.told(resamples.betas[member])
        if resamples.forests:
            trees = resamples.forests[member].contributions(panel, path.at)
            parts = np.delete(trees, len(panel.names), axis=0) * pull
            told += model.weight(BOOSTED) * _by_driver(parts, path.at, groups, len(panel))
        told *= model.calibration.slope
        kept += (np.sign(told) == np.sign(shown)) & _among(np.abs(told), top)
    return kept / resamples.count


def _by_driver(parts: Floats, at: Stretches, groups: Sequence[Sequence[int]], rows: int) -> Floats:
    """(n, d) from (p + q, stretches)."""
    sums = [np.bincount(at.row, weights=parts[list(g)].sum(axis=0), minlength=rows) for g in groups]
    return np.stack(sums, axis=1)


def _among(size: Floats, top: int) -> NDArray[np.bool_]:
    """Whether each is among the `top` largest of its row, (n, d); what is 0 never is."""
    if size.shape[1] <= top:
        return size > 0.0
    least = -np.partition(-size, top - 1, axis=1)[:, top - 1 : top]
    return (size >= least) & (size > 0.0)


@dataclass(frozen=True)
class _Linear:
    """What the linear model's contributions by driver are made of, whatever its coefficients.

    `columns` (n, size of the basis); `share` (n, spans) and `ahead` (n, q): pulls of the months,
    summed by span, and times what is known ahead; `own` (size, d), `known` (q, d): 1 where a
    column belongs to a driver.
    """

    design: Design
    columns: Floats
    share: Floats
    ahead: Floats
    own: Floats
    known: Floats

    @classmethod
    def of(
        cls,
        design: Design,
        panel: Panel,
        at: Stretches,
        pull: Floats,
        groups: Sequence[Sequence[int]],
    ) -> "_Linear":
        n, p = len(panel), len(panel.names)
        share = np.zeros((n, design.spans))
        np.add.at(share, (at.row, at.span), pull)
        q = len(panel.ahead_names)
        ahead = np.zeros((n, q))
        np.add.at(
            ahead,
            at.row,
            pull[:, None] * design.ahead.columns(panel.ahead[at.row, at.month - 1]),
        )
        return cls(
            design,
            design.basis.columns(panel.features),
            share,
            ahead,
            _belongs(design.basis.source, groups),
            _belongs(p + np.arange(q), groups),
        )

    def told(self, beta: Floats) -> Floats:
        """(n, d) contributions by driver."""
        by_span = self.design.by_span(beta)
        tail = beta[self.design.size - self.ahead.shape[1] :]
        own = (self.columns * (self.share @ by_span)) @ self.own
        return np.asarray(own + (self.ahead * tail) @ self.known)


def _belongs(places: Ints, groups: Sequence[Sequence[int]]) -> Floats:
    out = np.zeros((places.size, len(groups)))
    for d, group in enumerate(groups):
        out[np.isin(places, list(group)), d] = 1.0
    return out
