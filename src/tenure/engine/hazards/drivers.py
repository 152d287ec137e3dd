"""Why a forecast is what it is: contributions that add up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.model import CauseModel
from tenure.engine.hazards.periods import Stretches, stretches
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True)
class Drivers:
    """base + values.sum(1) = logit of the probability shown, within 1e-6.

    `names` (d,), `values` (n, d), `base` (n,): what is left to the account's months alone, the
    log-odds before anything is known of it.
    """

    names: tuple[str, ...]
    values: Floats
    base: Floats


@dataclass(frozen=True)
class Path:
    """The months ahead of n rows and how much each weighs in the probability of all together.

    `at`: their stretches; `parts` (p + q, stretches): contributions to the log-odds of a month;
    `start`, `log_odds` (n, H): of each month before and after them; `pull` (n, H): average of
    ∂ logit P/∂η(m) on the straight way between.
    """

    at: Stretches
    parts: Floats
    start: Floats
    log_odds: Floats
    pull: Floats

    @property
    def by_stretch(self) -> Floats:
        """(stretches,) the pull of each stretch's months together."""
        flat = self.at.run.ravel()
        weights = self.pull.ravel()
        return np.bincount(flat, weights=weights, minlength=self.at.row.size).astype(float)


def path_of(model: CauseModel, panel: Panel, horizon: int) -> Path:
    """From the base to the forecast of each row, over `horizon` months."""
    at = stretches(panel, horizon)
    parts = model.contributions(panel, at)
    total = parts.sum(axis=0)[at.run]
    log_odds = model.score(panel, horizon).log_odds
    start = log_odds - total
    return Path(at, parts, start, log_odds, _path(start, total))


def contributions(model: CauseModel, panel: Panel, horizon: int) -> tuple[Floats, Floats]:
    """Values (n, p + q) and base (n,) for logit P(arrival within `horizon` months).

    Each month's log-odds are a sum of contributions (linear against the training mean, TreeSHAP
    for boosting). They are carried to the probability of all months together by the Aumann-Shapley
    rule: the gradient of logit P on the straight path from the base to the forecast, integrated
    (R. J. Aumann and L. S. Shapley 1974, Values of Non-Atomic Games). For one month that is the
    contribution itself.
    """
    path = path_of(model, panel, horizon)
    values = np.zeros((path.parts.shape[0], len(panel)))
    for j, w in enumerate(path.parts * path.by_stretch):
        values[j] = np.bincount(path.at.row, weights=w, minlength=len(panel))
    end = _logit_within(path.log_odds)
    values *= _exactly(values.sum(axis=0), end - _logit_within(path.start))
    return values.T, end - values.sum(axis=0)


def _logit_within(eta: Floats) -> Floats:
    """Logit of 1 − Π (1 − λ) over all months, (n,)."""
    rate = np.logaddexp(0.0, eta).sum(axis=1)
    return np.asarray(np.log(-np.expm1(-rate)) + rate)


def _path(start: Floats, total: Floats) -> Floats:
    """(n, H) average of ∂ logit P/∂η(m) between start and start + total."""
    out = np.zeros_like(start)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        eta = start + 0.5 * (node + 1.0) * total
        rate = np.logaddexp(0.0, eta).sum(axis=1, keepdims=True)
        out += 0.5 * weight * chance_of(eta) / -np.expm1(-rate)
    return out


def _exactly(have: Floats, want: Floats) -> Floats:
    """Factor that takes away the last digits' error of the integration."""
    near = (np.abs(have - want) <= 1e-3 * np.abs(have)) & (have != 0.0)
    return np.where(near, want / np.where(near, have, 1.0), 1.0)


def group(
    names: tuple[str, ...], values: Floats, groups: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], Floats]:
    """Sum contributions (n, features) by group; a feature in no group stands for itself."""
    owner = {member: name for name, members in groups.items() for member in members}
    labels = [owner.get(name, name) for name in names]
    shown = tuple(dict.fromkeys(labels))
    out = np.zeros((values.shape[0], len(shown)))
    for j, label in enumerate(labels):
        out[:, shown.index(label)] += values[:, j]
    return shown, out
