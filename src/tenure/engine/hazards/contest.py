"""The contest of candidates for one cause, on cross-fitted forecasts."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.hazards.base import Base
from tenure.engine.hazards.boosted import FoldedTrees, Task, boosted_matrix, fold_boosted
from tenure.engine.hazards.choosing import compare
from tenure.engine.hazards.crossfit import FoldedRidge, fold_bases, fold_ridge
from tenure.engine.hazards.curves import Pair, curve_losses, whole
from tenure.engine.hazards.design import Design
from tenure.engine.hazards.folds import Folds
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.library import NoBoosting
from tenure.engine.hazards.logistic import losses
from tenure.engine.hazards.nesting import nested
from tenure.engine.hazards.report import BASE, BLEND, BOOSTED, PRIOR, RIDGE, Candidate
from tenure.engine.hazards.ridge import Strength, signs_of
from tenure.engine.panel.rows import Floats
from tenure.engine.sentences import NO_SIGNAL

SURE = 1.645
"""By how many standard errors the base must be beaten: luck does so once in twenty times."""
SHARES = np.linspace(0.0, 1.0, 11)
FEW_TO_BOOST = 40
"""Arrivals (over the rows an account has) below which trees are not tried."""


@dataclass(frozen=True)
class Outcome:
    """What the contest decided.

    `offset` and `score` (m,) are cross-fitted: the base's log-odds and the chosen blend's beyond
    them. `share` is boosting's part of it, `rounds` its number of trees. `by_prior`: the base is
    the prior's curve. `signal`: the features beat the base by more than luck, where the settings
    used for a fold were chosen on the others; the losses of `candidates` are told this way too.
    """

    candidates: tuple[Candidate, ...]
    chosen: str
    by_prior: bool
    signal: bool
    offset: Floats
    score: Floats
    share: float
    strength: Strength
    rounds: int
    notes: tuple[str, ...]


def hold(ground: Ground, folds: Folds, design: Design, matrix: Floats, base: Base) -> Outcome:
    """Cross-fit every candidate and compare; `base` is the base rate of all rows."""
    rate, prior = fold_bases(ground, folds, base)
    periods, account = ground.periods, ground.account
    by_prior = compare(PRIOR, prior, rate, periods, account).gain > 0
    offset = prior if by_prior else rate
    signs = signs_of(design, ground.monotone)
    ridge = fold_ridge(ground, design, matrix, signs, offset, folds)
    trees, notes = _trees(ground, offset, folds)
    share = 0.0 if trees is None else _share(ground, folds, base, design, offset, ridge, trees)
    score = ridge.scores if trees is None else _mixed(ridge.scores, trees.scores, share)
    honest = _honest(ground, offset, folds, ridge, trees)
    forecasts = {BASE: rate, PRIOR: prior} | {n: offset + eta for n, eta in honest.items()}
    made = {n: compare(n, eta, rate, periods, account) for n, eta in forecasts.items()}
    final = BLEND if BLEND in honest else RIDGE
    against = compare(final, offset + honest[final], offset, periods, account)
    signal = against.gain > SURE * against.gain_se
    name = {0.0: RIDGE, 1.0: BOOSTED}.get(share, BLEND)
    chosen = name if signal else PRIOR if by_prior else BASE
    if not signal:
        notes += (NO_SIGNAL % {"cause": ground.cause, "chosen": chosen},)
    return Outcome(
        candidates=tuple(made.values()),
        chosen=chosen,
        by_prior=by_prior,
        signal=signal,
        offset=offset,
        score=score,
        share=share,
        strength=ridge.strength,
        rounds=0 if trees is None else trees.rounds,
        notes=notes,
    )


def task_of(ground: Ground, offset: Floats) -> Task:
    """The boosting task of these stretches."""
    matrix = boosted_matrix(ground.panel, ground.periods, ground.horizons)
    signs = np.zeros(matrix.shape[1], dtype=np.int64)
    for feature, sign in ground.monotone.items():
        signs[feature] = sign
    settings = ground.settings
    return Task(
        matrix, ground.periods, offset, signs, ground.overlap, settings.seed, settings.threads
    )


def _trees(
    ground: Ground, offset: Floats, folds: Folds
) -> tuple[FoldedTrees | None, tuple[str, ...]]:
    if not ground.settings.boosted or ground.events < FEW_TO_BOOST * ground.overlap:
        return None, ()
    try:
        return fold_boosted(task_of(ground, offset), folds), ()
    except NoBoosting as error:
        return None, (str(error),)


def _mixed(ridge: Floats, trees: Floats, share: float) -> Floats:
    return (1.0 - share) * ridge + share * trees


def _honest(
    ground: Ground, offset: Floats, folds: Folds, ridge: FoldedRidge, trees: FoldedTrees | None
) -> dict[str, Floats]:
    """Scores of each candidate, its settings chosen for each fold on the others."""
    linear = nested(ridge.tried, offset, ground.periods, folds)
    if trees is None:
        return {RIDGE: linear}
    blends = np.stack([_mixed(linear, trees.nested, float(share)) for share in SHARES])
    blend = nested(blends, offset, ground.periods, folds)
    return {RIDGE: linear, BOOSTED: trees.nested, BLEND: blend}


def _share(
    ground: Ground,
    folds: Folds,
    base: Base,
    design: Design,
    offset: Floats,
    ridge: FoldedRidge,
    trees: FoldedTrees,
) -> float:
    """Boosting's share of least loss, in tenths: of whole curves where rows have one, or months."""
    if whole(ground, folds):
        pair = Pair(design, ridge.betas, trees.forests, trees.rounds)
        loss = list(curve_losses(ground, folds, base, pair, SHARES))
    else:
        periods = ground.periods
        blends = (offset + _mixed(ridge.scores, trees.scores, float(share)) for share in SHARES)
        loss = [float(periods.weight @ losses(eta, periods.came)) for eta in blends]
    return round(float(SHARES[int(np.argmin(loss))]), 1)
