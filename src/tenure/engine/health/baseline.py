"""A value against the account's own past."""

import numpy as np

from tenure.engine.health.scorecard import Floats

_MAD_TO_SD = 1.4826


def own_baseline(history: Floats, weeks: int = 26, least: int = 8) -> Floats:
    """Robust z of each week against the `weeks` weeks before it, (n, t) → (n, t).

    z = (x − median)/(1.4826·MAD + 0.05·|median| + ε), over the known values of the window; nan when
    x or all but fewer than `least` of them are unknown. The part of the median keeps a perfectly
    even past (MAD 0) from turning a small step into an infinite z. The factor makes MAD estimate a
    standard deviation under normality (Rousseeuw and Croux 1993, JASA 88, 1273-1283).
    """
    n, t = history.shape
    padded = np.concatenate([np.full((n, weeks), np.nan), history], axis=1)
    scores = np.full((n, t), np.nan)
    for week in range(t):
        window = padded[:, week : week + weeks]
        rows = np.flatnonzero((~np.isnan(window)).sum(axis=1) >= least)
        if not rows.size:
            continue
        middle = np.nanmedian(window[rows], axis=1)
        spread = np.nanmedian(np.abs(window[rows] - middle[:, None]), axis=1)
        scale = _MAD_TO_SD * spread + 0.05 * np.abs(middle) + 1e-9
        scores[rows, week] = (history[rows, week] - middle) / scale
    return scores
