"""From curves to months and money: what is left of a relationship, and what it is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.hazards.fitted import Forecast
from tenure.engine.panel.rows import Floats

UNTIL = 120
"""Months from now after which nothing is counted: ten years."""


@dataclass(frozen=True)
class Estimated:
    """A value for each of n rows with its 90 % interval; `within` is the part in months 1…H.

    All (n,), in months or in the currency of the revenue.
    """

    mean: Floats
    low: Floats
    high: Floats
    within: Floats


def residual_life(forecast: Forecast, until: int = UNTIL) -> Estimated:
    """Expected months left, Σ S(h) over h = 1…`until`; `within` the restricted mean over 1…H.

    Months after H follow `tail`.
    """
    low, mean, high = (extended(s, until).sum(axis=1) for s in _curves(forecast))
    return Estimated(mean, low, high, forecast.survival[:, :until].sum(axis=1))


def customer_value(
    forecast: Forecast,
    mrr: ArrayLike,
    *,
    margin: float,
    discount: float,
    growth: ArrayLike | None = None,
    until: int = UNTIL,
) -> Estimated:
    """Customer lifetime value, Σ_{t = 1…until} margin · E[MRR(t)] · S(t)/(1 + d)^t.

    Args:
        forecast: Of n rows in H months.
        mrr: (n,) monthly revenue today.
        margin: Share of revenue that is kept, 0-1.
        discount: Yearly rate; the monthly d is (1 + rate)^(1/12) − 1.
        growth: (n, H) expected revenue in month t of an account that is still there, over today's;
            all 1 when None (see `expected_growth`). After H the last one holds.
        until: Last month counted.

    The interval is that of survival alone. P. S. Fader and B. G. S. Hardie (2010), Customer-base
    valuation in a contractual setting, Marketing Science 29(1), 85-93.
    """
    revenue = np.asarray(mrr, dtype=float)[:, None]
    size, horizons = forecast.survival.shape
    path = np.ones((size, horizons)) if growth is None else np.asarray(growth, dtype=float)
    last = np.repeat(path[:, -1:], max(until - horizons, 0), axis=1)
    path = np.concatenate([path, last], axis=1)[:, :until]
    worth = margin * revenue * path * (1.0 + discount) ** (-np.arange(1, until + 1) / 12.0)
    low, mean, high = ((worth * extended(s, until)).sum(axis=1) for s in _curves(forecast))
    inside = (worth[:, :horizons] * forecast.survival[:, :until]).sum(axis=1)
    return Estimated(mean, low, high, inside)


def expected_growth(
    forecast: Forecast, expansion: float, contraction: float, names: tuple[str, str]
) -> Floats:
    """(n, H) expected revenue of an account that is still there, over today's.

    Π_{m ≤ t} (1 + e·λ_e(m) − c·λ_c(m)): `expansion` e and `contraction` c are the average relative
    sizes of one such change, `names` the two causes; a cause that was not forecast counts as 0.
    """
    step = np.ones_like(forecast.survival)
    for name, size in zip(names, (expansion, -contraction), strict=True):
        if name in forecast.causes:
            step += size * forecast.hazard(name)
    return np.asarray(np.cumprod(step, axis=1), dtype=float)


def extended(survival: Floats, until: int) -> Floats:
    """(n, until) curves, cut or carried on beyond H by `tail`."""
    horizons = survival.shape[1]
    if until <= horizons:
        return survival[:, :until]
    return np.concatenate([survival, tail(survival, until - horizons)], axis=1)


def tail(survival: Floats, months: int) -> Floats:
    """(n, months) survival after H by the shifted-beta-geometric law.

    In that law 1/hazard rises by 1/α each month. The rise is that between the mean hazards of the
    two halves of the curve, none where the hazard does not fall; means over halves keep renewal
    months from passing for a trend. A curve of one month has a constant hazard.
    """
    rate, rise = _law(survival)
    out = np.empty((survival.shape[0], months))
    there = survival[:, -1]
    for t in range(months):
        rate = rate + rise
        there = there * (1.0 - 1.0 / np.maximum(rate, 1.0))
        out[:, t] = there
    return out


def _law(survival: Floats) -> tuple[Floats, Floats]:
    """1/hazard in the last month and its rise a month, (n,) each."""
    horizons = survival.shape[1]
    log = -np.log(np.maximum(survival, 1e-300))
    half = horizons // 2
    late = -np.expm1(-(log[:, -1] - (log[:, half - 1] if half else 0.0)) / (horizons - half))
    late = 1.0 / np.maximum(late, 1e-9)
    if not half:
        return late, np.zeros_like(late)
    early = 1.0 / np.maximum(-np.expm1(-log[:, half - 1] / half), 1e-9)
    rise = np.maximum(late - early, 0.0) / (horizons / 2.0)
    # `late` is the level in the middle of the second half.
    return late + rise * (horizons - half) / 2.0, rise


def _curves(forecast: Forecast) -> tuple[Floats, Floats, Floats]:
    return forecast.low, forecast.survival, forecast.high
