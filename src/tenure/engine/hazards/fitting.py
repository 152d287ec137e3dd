"""Fitting: from a panel to a model for each cause."""

from dataclasses import replace

import numpy as np

from tenure.engine.hazards.base import Base
from tenure.engine.hazards.choosing import AS_IT_IS, Calibration, calibrate, compare, slope
from tenure.engine.hazards.crossfit import Folded, Ground, both_bases, fold_bases, fold_ridge
from tenure.engine.hazards.design import Design, make_design
from tenure.engine.hazards.fitted import Fitted
from tenure.engine.hazards.model import CauseModel
from tenure.engine.hazards.periods import at_risk, expand, sample
from tenure.engine.hazards.report import BASE, PRIOR, RIDGE, Candidate, CauseReport, Report
from tenure.engine.hazards.ridge import Ridge, Strength, fit_ridge, signs_of
from tenure.engine.hazards.settings import Settings
from tenure.engine.hazards.spread import make_spread
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats

ENOUGH = 3
"""Arrivals below which nothing is cross-fitted and the prior's curve is shown."""


def fit(panel: Panel, settings: Settings | None = None) -> Fitted:
    """Fit a model of every cause of a panel and choose among candidates by cross-fitted log loss.

    Never fails for want of data: with too little of it the base rate or the prior is the forecast,
    with a wide interval, and the report says so. Deterministic by `settings.seed`.

    Raises:
        ValueError: The panel describes no month ahead, or knows less months ahead than asked for.
    """
    settings = settings or Settings()
    horizons = settings.horizons or panel.horizons
    if horizons < 1 or (panel.ahead_names and horizons > panel.horizons):
        raise ValueError("The panel describes fewer months ahead than are to be forecast.")
    clean = finite(panel, horizons)
    models = tuple(_fit_cause(clean, cause, horizons, settings) for cause in panel.causes)
    report = Report(tuple(model.report for model in models))
    return Fitted(horizons, panel.names, panel.ahead_names, models, report)


def finite(panel: Panel, horizons: int) -> Panel:
    """The panel with infinite values as absent ones and H months ahead."""
    features = np.where(np.isfinite(panel.features), panel.features, np.nan)
    ahead = panel.ahead[:, :horizons]
    if ahead.shape[1] < horizons:
        ahead = np.zeros((len(panel), horizons, 0))
    return replace(panel, features=features, ahead=np.where(np.isfinite(ahead), ahead, np.nan))


def _fit_cause(panel: Panel, cause: str, horizons: int, settings: Settings) -> CauseModel:
    risk = at_risk(panel, cause, horizons)
    rng = np.random.default_rng(settings.seed)
    periods = sample(expand(panel, risk, horizons), settings.periods, rng)
    ground = Ground(panel, cause, horizons, risk, periods, settings)
    rate, prior = both_bases(panel, risk, ground)
    accounts = np.unique(panel.account[risk.end > 0]).size
    if int(risk.came.sum()) < ENOUGH or accounts < 2 * ENOUGH or not len(periods):
        return _by_prior(ground, prior)
    folded = fold_bases(ground)
    chosen, offset = _better(ground, folded, rate, prior)
    return _with_features(ground, folded, chosen, offset)


def _by_prior(ground: Ground, prior: Base) -> CauseModel:
    note = f"Too few arrivals of {ground.cause} to learn from: the prior's curve is shown."
    report = _report(ground, (), PRIOR, False, (), (float("nan"),) * 3, (note,))
    design, matrix = _design(ground)
    spread = None
    if len(ground.periods):
        eta = ground.offsets(prior)
        spread = make_spread(
            design, matrix, ground.periods, eta, Strength(1.0, 0.1), _overlap(ground)
        )
    return CauseModel(ground.cause, prior, None, AS_IT_IS, spread, report)


def _better(ground: Ground, folded: Folded, rate: Base, prior: Base) -> tuple[Base, Floats]:
    """The better of base rate and prior's curve by cross-fitted loss, with its log-odds."""
    rival = compare(PRIOR, folded.prior, folded.rate, ground.periods, ground.account)
    return (prior, folded.prior) if rival.gain > 0 else (rate, folded.rate)


def _design(ground: Ground) -> tuple[Design, Floats]:
    monotone = _monotone(ground)
    design = make_design(ground.panel, ground.periods, ground.horizons, tuple(monotone))
    rows = ground.panel
    columns = design.basis.columns(rows.features)
    return design, design.matrix(columns, rows, ground.periods)


def _monotone(ground: Ground) -> dict[int, int]:
    """Required directions by index of the feature; they are meant for the first cause."""
    if ground.cause != ground.panel.causes[0]:
        return {}
    names = ground.panel.names
    return {names.index(k): v for k, v in ground.settings.monotone.items() if k in names}


def _overlap(ground: Ground) -> float:
    here = ground.risk.end > 0
    return float(here.sum()) / max(np.unique(ground.panel.account[here]).size, 1)


def _with_features(ground: Ground, folded: Folded, base: Base, offset: Floats) -> CauseModel:
    periods, account = ground.periods, ground.account
    design, matrix = _design(ground)
    signs = signs_of(design, _monotone(ground))
    strength, score = fold_ridge(ground, design, matrix, signs, offset, folded)
    candidates = tuple(
        compare(name, eta, folded.rate, periods, account)
        for name, eta in ((BASE, folded.rate), (PRIOR, folded.prior), (RIDGE, offset + score))
    )
    against = compare(RIDGE, offset + score, offset, periods, account)
    signal = against.gain > against.gain_se
    overlap = _overlap(ground)
    whole = ground.offsets(base)
    solution = fit_ridge(design, matrix, periods, whole, strength, signs)
    eta = whole + (matrix @ solution.beta if signal else 0.0)
    spread = make_spread(design, matrix, periods, eta, strength, overlap)
    if not signal:
        name = PRIOR if offset is folded.prior else BASE
        note = f"No usable signal for {ground.cause}: the features do not beat the {name}."
        report = _report(ground, candidates, name, False, (), (float("nan"),) * 2, (note,))
        return CauseModel(ground.cause, base, None, AS_IT_IS, spread, report)
    calibration = calibrate(score, offset, periods, overlap)
    slopes = slope(offset + score, periods), _after(score, offset, calibration, ground)
    used = tuple(ground.panel.names[p] for p in np.unique(design.basis.source))
    report = _report(ground, candidates, RIDGE, True, used, slopes, ())
    return CauseModel(ground.cause, base, Ridge(design, solution.beta), calibration, spread, report)


def _after(score: Floats, offset: Floats, calibration: Calibration, ground: Ground) -> float:
    eta = offset + calibration.shift + calibration.slope * score
    return slope(eta, ground.periods)


def _report(
    ground: Ground,
    candidates: tuple[Candidate, ...],
    chosen: str,
    signal: bool,
    features: tuple[str, ...],
    slopes: tuple[float, ...],
    notes: tuple[str, ...],
) -> CauseReport:
    here = ground.risk.end > 0
    return CauseReport(
        cause=ground.cause,
        candidates=candidates,
        chosen=chosen,
        weights={"ridge": 1.0} if signal else {},
        base_loss=candidates[0].loss if candidates else float("nan"),
        signal=signal,
        slope_before=slopes[0],
        slope_after=slopes[1],
        rows=int(here.sum()),
        accounts=int(np.unique(ground.panel.account[here]).size),
        periods=float(ground.risk.end.sum()),
        events=int(ground.risk.came.sum()),
        features=features,
        notes=notes,
    )
