"""What was chosen on the same forecasts that judge it looks better than it is; this does not."""

import numpy as np

from tenure.engine.hazards.folds import Folds
from tenure.engine.hazards.logistic import losses
from tenure.engine.hazards.periods import Periods
from tenure.engine.panel.rows import Floats


def nested(scores: Floats, offset: Floats, periods: Periods, folds: Folds) -> Floats:
    """(m,) the forecasts of each fold by the candidate that was best on the other folds.

    `scores` (C, m): cross-fitted log-odds of C candidates beyond `offset` (m,). What is found this
    way was not chosen by the outcomes it is compared with (S. Varma and R. Simon 2006, Bias in
    error estimation when using cross-validation for model selection, BMC Bioinformatics 7, 91).
    """
    loss = np.stack(
        [np.bincount(folds.fold, _weighted(row + offset, periods), folds.parts) for row in scores]
    )
    best = np.argmin(loss.sum(axis=1, keepdims=True) - loss, axis=0)
    return np.asarray(scores[best[folds.fold], np.arange(folds.fold.size)])


def _weighted(eta: Floats, periods: Periods) -> Floats:
    return losses(eta, periods.came) * periods.weight
