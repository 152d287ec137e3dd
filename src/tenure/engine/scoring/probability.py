"""Scores of probabilities of a yes-or-no outcome.

Everywhere: `outcome` (n,) is 1 or 0 (or a share between), `chance` (n,) the forecast probability,
`weight` (n,) how much a row counts, all the same where None.
"""

from typing import Any

import numpy as np

from tenure.engine.scoring.inputs import weighted

_FLOOR = 1e-15


def log_loss(outcome: Any, chance: Any, weight: Any = None) -> float:
    """−Σ w (y ln p + (1 − y) ln(1 − p)) / Σ w, in nats; 0 is perfect, less is better.

    Proper (I. J. Good 1952, "Rational decisions", JRSS B 14, 107-114): only the true probability
    minimises it in expectation. Chances are kept 1e-15 away from 0 and 1.
    """
    y, p, w = weighted(outcome, chance, weight)
    p = np.clip(p, _FLOOR, 1.0 - _FLOOR)
    return float(-(w * (y * np.log(p) + (1.0 - y) * np.log1p(-p))).sum())


def base_log_loss(outcome: Any, weight: Any = None) -> float:
    """The log loss of saying the outcome's own mean for every row: the entropy of its rate."""
    y, _, w = weighted(outcome, outcome, weight)
    rate = float((w * y).sum())
    return log_loss(y, np.full(y.shape, rate), w)


def log_loss_skill(outcome: Any, chance: Any, weight: Any = None) -> float:
    """1 − log loss / base log loss: 1 is perfect, 0 no better than the base rate; nan at no churn.

    McFadden's R² on rows the model may not have seen (D. McFadden 1974).
    """
    base = base_log_loss(outcome, weight)
    return 1.0 - log_loss(outcome, chance, weight) / base if base > 1e-12 else float("nan")


def brier(outcome: Any, chance: Any, weight: Any = None) -> float:
    """Σ w (p − y)² / Σ w (G. W. Brier 1950, Monthly Weather Review 78, 1-3)."""
    y, p, w = weighted(outcome, chance, weight)
    return float((w * np.square(p - y)).sum())


def auc(outcome: Any, score: Any, weight: Any = None) -> float:
    """P(score of a yes > score of a no) + ½ P(equal): the area under the ROC curve.

    Any score that orders will do. nan where all outcomes are the same. Mann-Whitney form, in
    O(n log n) (J. A. Hanley and B. J. McNeil 1982, Radiology 143, 29-36).
    """
    y, s, w = weighted(outcome, score, weight)
    _, at = np.unique(s, return_inverse=True)
    yes, no = np.bincount(at, w * y), np.bincount(at, w * (1.0 - y))
    pairs = yes.sum() * no.sum()
    below = np.cumsum(no) - no
    return float((yes * (below + 0.5 * no)).sum() / pairs) if pairs > 0 else float("nan")
