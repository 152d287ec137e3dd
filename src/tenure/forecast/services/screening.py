"""Which features a model is given: those that tell most of what is to come, one by one.

A company has few churns and many columns. Those that say next to nothing by themselves cost time
and add noise; the rest is the model's own choice. Only rows of the training are looked at.
"""

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel import Panel
from tenure.forecast.inputs.days import Floats
from tenure.forecast.services.methods import closed_label

LEAST = 30  # rows of either outcome from which on a feature is judged by it


def telling(panel: Panel, most: int, horizons: tuple[int, ...] = (3, 12)) -> tuple[str, ...]:
    """At most so many features, those first whose ranks differ most between yes and no.

    The measure is |z| of the Mann-Whitney statistic, the greatest over causes and horizons, churn
    counting double; names keep their order. All features where nothing can be judged.
    """
    if len(panel.names) <= most:
        return panel.names
    best = np.zeros(len(panel.names))
    for cause in panel.causes:
        weight = 2.0 if cause == panel.causes[0] else 1.0
        for horizon in horizons:
            best = np.maximum(best, weight * _apart(panel, closed_label(panel, horizon, cause)))
    if not best.any():
        return panel.names
    kept = set(np.argsort(-best, kind="stable")[:most].tolist())
    return tuple(name for at, name in enumerate(panel.names) if at in kept)


def _apart(panel: Panel, outcome: Floats) -> Floats:
    """|z| of each feature, (p,); 0 where too few rows know it."""
    known = ~np.isnan(outcome)
    came, features = outcome[known] > 0, panel.features[known]
    return np.array([_z(features[:, at], came) for at in range(features.shape[1])])


def _z(values: Floats, came: NDArray[np.bool_]) -> float:
    there = ~np.isnan(values)
    yes, no = int((came & there).sum()), int((~came & there).sum())
    if min(yes, no) < LEAST:
        return 0.0
    from scipy.stats import rankdata  # loads much that few processes need

    ranks = rankdata(values[there])
    u = ranks[came[there]].sum() - yes * (yes + 1) / 2.0
    spread = np.sqrt(yes * no * (yes + no + 1) / 12.0)
    return float(abs(u - yes * no / 2.0) / spread)
