"""Why a forecast is what it is: contributions that add up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.model import CauseModel
from tenure.engine.hazards.spans import span_of_month
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True)
class Drivers:
    """base + values.sum(1) = logit of the probability shown, within 1e-6.

    `names` (d,), `values` (n, d), `base` (n,): the log-odds of an average account in these months.
    """

    names: tuple[str, ...]
    values: Floats
    base: Floats


def drivers_of(
    model: CauseModel, panel: Panel, horizon: int, groups: Mapping[str, Sequence[str]]
) -> Drivers:
    """Contributions to logit P(arrival within `horizon` months).

    Each month's log-odds are a sum of contributions (linear against the training mean, TreeSHAP
    for boosting). They are carried to the probability of all months together by the Aumann-Shapley
    rule: the gradient of logit P on the straight path from the base to the forecast, integrated
    (R. J. Aumann and L. S. Shapley 1974, Values of Non-Atomic Games). For one month that is the
    contribution itself.
    """
    parts = month_parts(model, panel, horizon)
    base = model.log_odds(panel, horizon)[0] - parts.sum(axis=2)
    share = _path(base, parts.sum(axis=2))
    values = np.einsum("nh,nhd->nd", share, parts)
    start, end = _logit_within(base)[:, -1], _logit_within(base + parts.sum(axis=2))[:, -1]
    values *= _exactly(values.sum(axis=1), end - start)[:, None]
    names, values = _grouped(model, panel, values, groups)
    return Drivers(names, values, end - values.sum(axis=1))


def month_parts(model: CauseModel, panel: Panel, horizon: int) -> Floats:
    """(n, horizon, p + q) contributions to each month's log-odds."""
    p, q = len(panel.names), len(panel.ahead_names)
    out = np.zeros((len(panel), horizon, p + q))
    if model.ridge is None:
        return out
    scale = model.calibration.slope * model.report.weights["ridge"]
    spans = span_of_month(horizon)
    for span in np.unique(spans):
        own = scale * model.ridge.contributions(panel, int(span))
        out[:, spans == span, :p] = own[:, None, :]
    out[:, :, p:] = scale * model.ridge.ahead_scores(panel, horizon)
    return out


def _logit_within(eta: Floats) -> Floats:
    """Logit of 1 − Π (1 − λ) from monthly log-odds, (n, H)."""
    rate = np.cumsum(np.logaddexp(0.0, eta), axis=1)
    return np.asarray(np.log(-np.expm1(-rate)) + rate)


def _path(base: Floats, total: Floats) -> Floats:
    """(n, H) average of ∂ logit P/∂η(m) between the base and base + total."""
    out = np.zeros_like(base)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        eta = base + 0.5 * (node + 1.0) * total
        rate = np.logaddexp(0.0, eta).sum(axis=1, keepdims=True)
        out += 0.5 * weight * chance_of(eta) / -np.expm1(-rate)
    return out


def _exactly(have: Floats, want: Floats) -> Floats:
    """Factor that takes away the last digits' error of the integration."""
    near = np.abs(have - want) <= 1e-3 * np.abs(have)
    return np.where(near & (have != 0.0), want / np.where(have != 0.0, have, 1.0), 1.0)


def _grouped(
    model: CauseModel, panel: Panel, values: Floats, groups: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], Floats]:
    plain = (*panel.names, *panel.ahead_names)
    owner = {member: name for name, members in groups.items() for member in members}
    used = np.abs(values).sum(axis=0) > 0
    keep = set(model.report.features) | {n for n, u in zip(plain, used, strict=True) if u}
    labels = [owner.get(n, n) for n in plain if n in keep or n in owner]
    names = tuple(dict.fromkeys(labels))
    out = np.zeros((values.shape[0], len(names)))
    for j, name in enumerate(plain):
        label = owner.get(name, name)
        if label in names and (name in keep or name in owner):
            out[:, names.index(label)] += values[:, j]
    return names, out
