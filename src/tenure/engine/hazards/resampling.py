"""The model refitted to resampled accounts, to see how steady its reasons are."""

from dataclasses import replace

import numpy as np

from tenure.engine.hazards.boosted import Boosted, fit_boosted
from tenure.engine.hazards.contest import Outcome, task_of
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.logistic import Solution
from tenure.engine.hazards.model import Resamples
from tenure.engine.hazards.pieces import whole
from tenure.engine.hazards.ridge import fit_ridge, signs_of
from tenure.engine.panel.rows import Floats


def resample(
    ground: Ground,
    design: Design,
    matrix: Floats,
    offset: Floats,
    outcome: Outcome,
    penalty: Floats,
    start: Solution,
) -> Resamples:
    """Refit the chosen blend to `settings.resamples` bootstrap samples of the accounts.

    Accounts are drawn with replacement, all months of one together (B. Efron 1979, Bootstrap
    Methods: Another Look at the Jackknife, Annals of Statistics 7(1); A. C. Davison and D. V.
    Hinkley 1997, Bootstrap Methods and their Application, section 3.8, for clusters). What was
    chosen once stays: features, base rate, prior variances, rounds and shares.
    """
    settings = ground.settings
    rng = np.random.default_rng([settings.seed, 1])
    keys, at = np.unique(ground.account, return_inverse=True)
    betas, forests = list[Floats](), list[Boosted]()
    signs = signs_of(design, ground.monotone)
    for _ in range(settings.resamples):
        times = rng.multinomial(keys.size, np.full(keys.size, 1.0 / keys.size))[at]
        kept = np.flatnonzero(times)
        periods = ground.periods.take(kept)
        periods = replace(periods, weight=periods.weight * times[kept])
        if outcome.share < 1.0:
            drawn_rows = whole(matrix[kept])
            found = fit_ridge(drawn_rows, periods, offset[kept], penalty, signs, start)
            betas.append(found.beta)
        if outcome.share > 0.0:
            drawn = replace(ground, periods=periods)
            trees = fit_boosted(task_of(drawn, offset[kept]), outcome.rounds, ground.horizons)
            # The tables say all that is asked of it.
            forests.append(replace(trees, text=""))
    return Resamples(settings.resamples, np.array(betas), tuple(forests))
