"""Health scores with hand-set weights beside weights learned from the company's own history."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine import scoring
from tenure.engine.hazards.threads import one_thread
from tenure.engine.panel import Panel
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs.days import Floats
from tenure.forecast.inputs.standing import hand_set_shares, measure_points
from tenure.forecast.models import HealthComparison
from tenure.forecast.services.methods import ENOUGH, Simple, baseline_columns, closed_label, column

FOLDS, DRAWS, PENALTY = 5, 200, 1.0


def compare_health(panel: Panel, definition: ForecastDefinition) -> HealthComparison | None:
    """Both weights, not stored yet, and how well each ranks who churns, beside the baseline.

    Learned scores are judged on accounts that their weights were not learned from.
    """
    horizon = definition.backtest_horizon
    outcome = closed_label(panel, horizon)
    known = ~np.isnan(outcome) & ~np.isnan(column(panel, "health"))
    rows, came = panel.take(known), outcome[known]
    if not len(rows):
        return None
    points = measure_points(rows.account, rows.origin)
    hand = 100.0 - column(rows, "health")
    learned = _cross_fitted(points, came, rows.account)
    baseline = _baseline(rows, came, horizon)
    auc = {
        "hand": _auc(came, hand, rows.account),
        "learned": _auc(came, learned, rows.account),
        "baseline": _auc(came, baseline, rows.account),
    }
    return HealthComparison(
        horizon=horizon,
        rows=len(rows),
        events=int(came.sum()),
        auc=auc,
        measures=_weights(points, came),
        beats=_beats(came, hand, baseline, rows.account),
    )


def _matrix(points: Mapping[str, Floats]) -> Floats:
    """(n, k) points of 0–1; a missing measure counts as the row's mean of those at hand."""
    table = np.stack([points[key] for key in sorted(points)], axis=1) / 100.0
    there = ~np.isnan(table)
    counts = np.maximum(there.sum(axis=1), 1)
    mean = np.where(there, table, 0.0).sum(axis=1) / counts
    return np.where(there, table, mean[:, None])


@one_thread
def learn_weights(table: Floats, came: Floats) -> tuple[Floats, float] | None:
    """Weights (k,) ≥ 0 and the constant of logit P(stay) = constant + Σ weight · points.

    Penalised maximum likelihood (ridge, so that measures that tell the same share the weight).
    None with fewer than `ENOUGH` of either outcome.
    """
    if min(came.sum(), (1.0 - came).sum()) < ENOUGH:
        return None
    from scipy.optimize import minimize  # loads much that few processes need

    stay = 1.0 - came

    def loss(parts: Floats) -> tuple[float, Floats]:
        z = table @ parts[:-1] + parts[-1]
        chance = 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))
        value = float((np.logaddexp(0.0, z) - stay * z).sum())
        slope = np.append(table.T @ (chance - stay), (chance - stay).sum())
        slope[:-1] += 2.0 * PENALTY * parts[:-1]
        return value + PENALTY * float(parts[:-1] @ parts[:-1]), slope

    bounds = [(0.0, None)] * table.shape[1] + [(None, None)]
    start = np.append(np.full(table.shape[1], 0.1), 0.0)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return np.asarray(found.x[:-1]), float(found.x[-1])


def _folds(account: NDArray[np.int64]) -> NDArray[np.int64]:
    """Accounts spread over folds by their order, the same every time."""
    order = np.unique(account, return_inverse=True)[1]
    return np.asarray(order % FOLDS, dtype=np.int64)


def _cross_fitted(
    points: Mapping[str, Floats], came: Floats, account: NDArray[np.int64]
) -> Floats | None:
    """Risk by learned weights, each account's learned from the others; None if too few."""
    if not points:
        return None
    table, fold = _matrix(points), _folds(account)
    risk = np.full(came.size, np.nan)
    for part in range(FOLDS):
        found = learn_weights(table[fold != part], came[fold != part])
        if found is None:
            return None
        risk[fold == part] = -(table[fold == part] @ found[0] + found[1])
    return risk


def _baseline(rows: Panel, came: Floats, horizon: int) -> Floats | None:
    """Risk by "renewal date and last seen", cross-fitted likewise."""
    columns, fold = baseline_columns(rows, horizon), _folds(rows.account)
    risk = np.full(came.size, np.nan)
    for part in range(FOLDS):
        fitted = Simple.fit(columns[fold != part], came[fold != part])
        if fitted is None:
            return None
        risk[fold == part] = fitted.chance(columns[fold == part])
    return risk


def _auc(
    came: Floats, risk: Floats | None, account: NDArray[np.int64]
) -> list[float | None] | None:
    if risk is None or not 0 < came.sum() < came.size:
        return None

    def statistic(at: NDArray[np.int64]) -> float:
        y = came[at]
        return scoring.auc(y, risk[at]) if 0 < y.sum() < y.size else float("nan")

    found = scoring.bootstrap(statistic, account, draws=DRAWS)
    return [round(v, 4) if np.isfinite(v) else None for v in (found.value, found.low, found.high)]


def _beats(
    came: Floats, hand: Floats, baseline: Floats | None, account: NDArray[np.int64]
) -> bool | None:
    """Whether the hand-set scores rank better than the baseline, beyond doubt."""
    if baseline is None or not 0 < came.sum() < came.size:
        return None

    def metric(y: Floats, risk: Floats) -> float:
        return scoring.auc(y, risk) if 0 < y.sum() < y.size else float("nan")

    gap = scoring.paired_difference(metric, came, hand, baseline, account, draws=DRAWS)
    return bool(gap.low > 0)


def _weights(points: Mapping[str, Floats], came: Floats) -> list[dict[str, Any]]:
    """Each measure's share of the weight, hand-set and learned."""
    hand = hand_set_shares()
    found = learn_weights(_matrix(points), came) if points else None
    total = float(found[0].sum()) if found is not None else 0.0
    return [
        {
            "key": key,
            "hand": round(hand.get(key, 0.0), 4),
            "learned": round(float(found[0][at]) / total, 4) if found and total > 0 else None,
        }
        for at, key in enumerate(sorted(points))
    ]
