"""Scores of survival forecasts at chosen times, weighted for those not watched to the end.

Rows whose observation ended before the time are dropped and the others stand in for them by
1/G, the inverse of the share still watched ("inverse probability of censoring weighting"). `times`
(m,) rise and lie within what was watched; `watched` is G from `censoring`, of the training rows
or, where None, of these rows.
"""

from typing import Any

import numpy as np

from tenure.engine.scoring.concordance import inverse_watched
from tenure.engine.scoring.inputs import Bools, Floats, spells
from tenure.engine.scoring.kaplan_meier import Curve, censoring, kaplan_meier
from tenure.engine.scoring.probability import auc


def _asked(times: Any) -> Floats:
    asked = np.asarray(times, dtype=float)
    if asked.ndim != 1 or not asked.size or (np.diff(asked) <= 0).any():
        raise ValueError("Times must be a vector that rises.")
    return asked


def _columns(forecast: Any, rows: int, times: int) -> Floats:
    """A forecast as (n, m); one column is good for all times."""
    table = np.asarray(forecast, dtype=float)
    if table.ndim == 1:
        table = np.repeat(table[:, None], times, axis=1)
    if table.shape != (rows, times):
        raise ValueError(f"The forecast is of shape {table.shape}, not {(rows, times)}.")
    return table


def brier_at(
    duration: Any, event: Any, survival: Any, times: Any, watched: Curve | None = None
) -> Floats:
    """Mean squared error of S(t) at each time, (m,): of survival (n, m) at `times`.

    BS(t) = 1/n Σ [ S_i(t)² [T_i ≤ t, δ_i = 1]/G(T_i) + (1 − S_i(t))² [T_i > t]/G(t) ]. E. Graf et
    al. 1999, "Assessment and comparison of prognostic classification schemes for survival data",
    Statistics in Medicine 18, 2529-2545.
    """
    time, came = spells(duration, event)
    asked = _asked(times)
    forecast = _columns(survival, time.size, asked.size)
    seen = watched or censoring(time, came)
    gone = came & (time <= asked[-1])
    weight = inverse_watched(time, came, gone, seen)
    share = seen.at(asked)
    there = time[:, None] > asked
    if (share[there.any(axis=0)] <= 0).any():
        raise ValueError("Nobody of the training rows is watched as long as some of the times.")
    left = (weight[:, None] * ~there) * np.square(forecast)
    stayed = there / np.where(share > 0, share, 1.0) * np.square(1.0 - forecast)
    return np.asarray((left + stayed).mean(axis=0))


def integrated(times: Any, scores: Any) -> float:
    """Mean of a score from the first to the last time, by the trapezoid rule."""
    asked, value = _asked(times), np.asarray(scores, dtype=float)
    if asked.size == 1:
        return float(value[0])
    return float(np.trapezoid(value, asked) / (asked[-1] - asked[0]))


def auc_at(
    duration: Any, event: Any, risk: Any, times: Any, watched: Curve | None = None
) -> Floats:
    """Cumulative/dynamic AUC at each time, (m,): those gone by t against those still there.

    Σ_i Σ_j [T_i ≤ t, δ_i = 1] [T_j > t] G(T_i)⁻¹ ([r_i > r_j] + ½ [r_i = r_j]) over the same sum
    without the comparison. `risk` is (n,) or, where it differs by time, (n, m). nan where nobody
    is on one of the sides. H. Uno et al. 2007, "Evaluating prediction rules for t-year survivors
    with censored regression models", JASA 102, 527-537; H. Hung and C.-T. Chiang 2010,
    "Estimation methods for time-dependent AUC models with survival data", Canadian J. Stat. 38,
    8-26.
    """
    time, came = spells(duration, event)
    asked = _asked(times)
    score = _columns(risk, time.size, asked.size)
    gone = came & (time <= asked[-1])
    weight = inverse_watched(time, came, gone, watched)
    return np.array([_auc(time, score[:, k], weight, t) for k, t in enumerate(asked)])


def _auc(time: Floats, score: Floats, weight: Floats, at: float) -> float:
    there: Bools = time > at
    counts = np.where(there, 1.0, weight)
    rows = counts > 0
    return auc(~there[rows], score[rows], counts[rows]) if rows.any() else float("nan")


def mean_auc(duration: Any, event: Any, times: Any, scores: Any) -> float:
    """Mean of `auc_at` over times, each weighted by the share that leaves up to it from the last.

    Σ_k AUC(t_k) (S(t_{k−1}) − S(t_k)) / (1 − S(t_m)) with S by Kaplan-Meier and S(t_0) = 1, so that
    times in which many leave count more. J. Lambert and S. Chevret 2016, "Summary measure of
    discrimination in survival models based on cumulative/dynamic time-dependent ROC curves",
    Statistical Methods in Medical Research 25, 2088-2102.
    """
    asked, value = _asked(times), np.asarray(scores, dtype=float)
    left = -np.diff(np.concatenate([[1.0], kaplan_meier(duration, event).at(asked)]))
    return float((value * left).sum() / left.sum()) if left.sum() > 0 else float("nan")
