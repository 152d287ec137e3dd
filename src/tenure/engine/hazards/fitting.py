"""Fitting: from a panel to a model for each cause."""

from dataclasses import replace
from functools import partial

import numpy as np

from tenure.engine.hazards.base import Base
from tenure.engine.hazards.boosted import Boosted, fit_boosted
from tenure.engine.hazards.choosing import AS_IT_IS, calibrate, slope
from tenure.engine.hazards.contest import Outcome, hold, task_of
from tenure.engine.hazards.crossfit import both_bases
from tenure.engine.hazards.design import Design, make_design
from tenure.engine.hazards.fitted import Fitted, finite
from tenure.engine.hazards.folds import ordered
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.model import CauseModel, Resamples
from tenure.engine.hazards.periods import at_risk, expand, sample
from tenure.engine.hazards.pieces import whole
from tenure.engine.hazards.relevance import shown
from tenure.engine.hazards.report import BOOSTED, PRIOR, RIDGE, CauseReport, Report
from tenure.engine.hazards.resampling import resample
from tenure.engine.hazards.ridge import Ridge, Strength, fit_ridge, signs_of
from tenure.engine.hazards.settings import Settings
from tenure.engine.hazards.spread import LEAST, Spread, make_spread
from tenure.engine.hazards.threads import one_thread, side_by_side
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats

ENOUGH = 3
"""Arrivals below which nothing is cross-fitted and the prior's curve is shown."""
NONE = float("nan")


@one_thread
def fit(panel: Panel, settings: Settings | None = None) -> Fitted:
    """Fit a model of every cause of a panel and choose among candidates by cross-fitted log loss.

    Never fails for want of data: with too little of it the base rate or the prior is the forecast,
    with a wide interval, and the report says so. Deterministic by `settings.seed`.

    Raises:
        ValueError: The panel describes no month ahead, or knows fewer months ahead than asked for.
    """
    settings = settings or Settings()
    horizons = settings.horizons or panel.horizons
    if horizons < 1 or (panel.ahead_names and horizons > panel.horizons):
        raise ValueError("The panel describes fewer months ahead than are to be forecast.")
    clean = finite(panel, horizons)
    # Causes know nothing of one another, and each draws from a generator of its own.
    alone = replace(settings, threads=max(settings.threads // len(panel.causes), 1))
    fitting = partial(_fit_cause, clean, horizons, alone)
    models = tuple(side_by_side(fitting, panel.causes, settings.threads))
    report = Report(tuple(model.report for model in models))
    return Fitted(horizons, panel.names, panel.ahead_names, models, report)


def _fit_cause(panel: Panel, horizons: int, settings: Settings, cause: str) -> CauseModel:
    risk = at_risk(panel, cause, horizons)
    rng = np.random.default_rng(settings.seed)
    periods = sample(expand(panel, risk, horizons), settings.periods, rng)
    ground, folds = ordered(Ground(panel, cause, horizons, risk, periods, settings))
    periods = ground.periods
    bases = both_bases(ground)
    design = make_design(panel, periods, horizons, tuple(ground.monotone))
    matrix = design.matrix(panel, periods)
    few = ground.events < ENOUGH or ground.accounts < 2 * ENOUGH
    if few or not ground.periods.weight.sum() > 0:
        return _by_prior(ground, design, matrix, bases[1])
    outcome = hold(ground, folds, design, matrix, bases[0])
    base = bases[1] if outcome.by_prior else bases[0]
    if not outcome.signal:
        spread = _spread(ground, design, matrix, ground.offsets(base), outcome.strength)
        report = _report(ground, outcome)
        return CauseModel(cause, base, None, None, AS_IT_IS, spread, report)
    return _by_features(ground, design, matrix, base, outcome)


def _by_prior(ground: Ground, design: Design, matrix: Floats, prior: Base) -> CauseModel:
    note = f"Too few arrivals of {ground.cause} to learn from: the prior's curve is shown."
    empty = np.zeros(0)
    strength = Strength(LEAST, 0.1)
    outcome = Outcome((), PRIOR, True, False, empty, empty, 0.0, strength, 0, (note,))
    spread = _spread(ground, design, matrix, ground.offsets(prior), strength)
    report = _report(ground, outcome)
    return CauseModel(ground.cause, prior, None, None, AS_IT_IS, spread, report)


def _by_features(
    ground: Ground, design: Design, matrix: Floats, base: Base, outcome: Outcome
) -> CauseModel:
    """Fit the chosen blend to all rows."""
    offset = ground.offsets(base)
    signs = signs_of(design, ground.monotone)
    rows = whole(matrix)
    seen = shown(design, rows, ground.periods, offset, ground.overlap)
    penalty = outcome.strength.penalty(design, seen)
    solution = fit_ridge(rows, ground.periods, offset, penalty, signs)
    ridge = Ridge(design, solution.beta) if outcome.share < 1.0 else None
    trees: Boosted | None = None
    if outcome.share > 0.0:
        trees = fit_boosted(task_of(ground, offset), outcome.rounds, ground.horizons)
    calibration = calibrate(outcome.score, outcome.offset, ground.periods, ground.overlap)
    eta = offset + matrix @ solution.beta
    spread = _spread(ground, design, matrix, eta, outcome.strength)
    calibrated = outcome.offset + calibration.shift + calibration.slope * outcome.score
    slopes = (
        slope(outcome.offset + outcome.score, ground.periods),
        slope(calibrated, ground.periods),
    )
    report = _report(ground, outcome, _used(ground, design, ridge, trees), slopes)
    again: Resamples | None = None
    if ground.settings.resamples and ground.cause == ground.panel.causes[0]:
        again = resample(ground, design, matrix, offset, outcome, penalty, solution)
    return CauseModel(ground.cause, base, ridge, trees, calibration, spread, report, again)


def _spread(
    ground: Ground, design: Design, matrix: Floats, eta: Floats, strength: Strength
) -> Spread:
    return make_spread(design, matrix, ground.periods, eta, strength, ground.overlap)


def _used(
    ground: Ground, design: Design, ridge: Ridge | None, trees: Boosted | None
) -> tuple[str, ...]:
    p = len(ground.panel.names)
    at = set() if ridge is None else set(design.basis.source.tolist())
    if trees is not None:
        at |= {int(j) for j in trees.lookup.feature if j < p}
    return tuple(ground.panel.names[j] for j in sorted(at)) + ground.panel.ahead_names


def _report(
    ground: Ground,
    outcome: Outcome,
    features: tuple[str, ...] = (),
    slopes: tuple[float, float] = (NONE, NONE),
) -> CauseReport:
    weights = {RIDGE: 1.0 - outcome.share, BOOSTED: outcome.share} if outcome.signal else {}
    return CauseReport(
        cause=ground.cause,
        candidates=outcome.candidates,
        chosen=outcome.chosen,
        weights=weights,
        base_loss=outcome.candidates[0].loss if outcome.candidates else NONE,
        signal=outcome.signal,
        slope_before=slopes[0],
        slope_after=slopes[1],
        rows=int((ground.risk.end > 0).sum()),
        accounts=ground.accounts,
        periods=float(ground.risk.end.sum()),
        events=ground.events,
        features=features,
        notes=outcome.notes,
    )
