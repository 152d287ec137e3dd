"""What each feature shows by itself, by which the linear model shares out its prior."""

import numpy as np

from tenure.engine.hazards.design import Design
from tenure.engine.hazards.logistic import sigmoid
from tenure.engine.hazards.periods import Periods
from tenure.engine.hazards.pieces import Pieces
from tenure.engine.panel.rows import Floats


def shown(
    design: Design, matrix: Pieces, periods: Periods, offset: Floats, overlap: float
) -> Floats:
    """(size,) factors of the prior variances of the columns, on average 1 over the features.

    A column's score statistic against the base alone is z² = (Σ w x (y − λ))²/(v Σ w x² λ (1 − λ)),
    with v = `overlap` for the rows of one account that say the same. For a coefficient of prior
    variance τ² it is expected to be 1 + τ² I, so max(z² − 1, 0) over the columns of a feature
    estimates how large its effects are against those of others: an empirical Bayes prior by
    moments (C. N. Morris 1983, Parametric Empirical Bayes Inference, Journal of the American
    Statistical Association 78(381), 47-55). All 1 where no feature shows anything.
    """
    chance = sigmoid(offset)
    slope = matrix.turned(periods.weight * (periods.came - chance))
    information = matrix.squares(periods.weight * chance * (1.0 - chance)) * overlap
    square = np.square(slope) / np.maximum(information, 1e-12)
    feature, at = np.unique(design.source(), return_inverse=True)
    mean = np.bincount(at, weights=square) / np.bincount(at)
    own = np.where(feature == _LEVEL, 0.0, np.maximum(mean - 1.0, 0.0))
    total = float(own.sum())
    if not total > 0.0:
        return np.ones(design.size)
    factor = own * float((feature != _LEVEL).sum()) / total
    return np.asarray(np.where(feature == _LEVEL, 1.0, factor)[at], dtype=float)


_LEVEL = -1
