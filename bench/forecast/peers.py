"""The forecasts ours is measured beside: as most people would make them, with no tuning either."""

import warnings
from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, WeibullAFTFitter
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tenure.engine.scoring import kaplan_meier

Floats = NDArray[np.float64]
Chances = Callable[[Floats, Floats, Floats], Floats]
Curves = Callable[[Floats, Floats, Floats, Floats, Floats], Floats]
THREADS = 2
PENALTY = 0.01
BASE, LOGISTIC, BOOSTED = "base rate", "ridge logistic", "LightGBM"
COX, WEIBULL, FOREST = "Cox", "Weibull AFT", "survival forest"


def _rate(train: Floats, outcome: Floats, test: Floats) -> Floats:
    return np.full(test.shape[0], outcome.mean())


def _logistic(train: Floats, outcome: Floats, test: Floats) -> Floats:
    steps = (
        SimpleImputer(keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=2000),
    )
    model = make_pipeline(*steps).fit(train, outcome)
    return np.asarray(model.predict_proba(test)[:, 1])


def _boosted(train: Floats, outcome: Floats, test: Floats) -> Floats:
    model = lightgbm.LGBMClassifier(random_state=0, n_jobs=THREADS, verbosity=-1)
    model.fit(train, outcome)
    return np.asarray(model.booster_.predict(test))


def which(train: Floats, kind: NDArray[np.str_], test: Floats) -> tuple[Floats, NDArray[np.str_]]:
    """Chances (n, k) of each of k kinds by LightGBM as it comes, and the kinds."""
    model = lightgbm.LGBMClassifier(random_state=0, n_jobs=THREADS, verbosity=-1)
    model.fit(train, kind)
    return np.asarray(model.booster_.predict(test)), np.asarray(model.classes_)


YES_NO: dict[str, Chances] = {BASE: _rate, LOGISTIC: _logistic, BOOSTED: _boosted}


def _curve(train: Floats, duration: Floats, event: Floats, test: Floats, months: Floats) -> Floats:
    return np.tile(kaplan_meier(duration, event).at(months), (test.shape[0], 1))


def _frame(features: Floats) -> Any:
    return pd.DataFrame(features, columns=[f"x{at}" for at in range(features.shape[1])])


def _lifelines(model: Any) -> Curves:
    """A lifelines regression; a slight penalty because columns that sum to one have no maximum."""

    def curves(
        train: Floats, duration: Floats, event: Floats, test: Floats, months: Floats
    ) -> Floats:
        frame = _frame(train)
        frame["duration"], frame["event"] = duration, event
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = model(penalizer=PENALTY).fit(frame, "duration", "event")
            found = fitted.predict_survival_function(_frame(test), times=months)
        return np.asarray(found.to_numpy().T, dtype=float)

    return curves


def _by_month(
    train: Floats, duration: Floats, event: Floats, test: Floats, months: Floats
) -> Floats:
    """LightGBM on one row per account and month, the month as a feature; S as the product."""
    length = duration.astype(np.int64)
    row = np.repeat(np.arange(length.size), length)
    month = np.arange(row.size) - np.repeat(np.cumsum(length) - length, length) + 1
    came = (month == length[row]) & (event[row] > 0)
    inputs = np.column_stack([month, train[row]])
    model = lightgbm.LGBMClassifier(random_state=0, n_jobs=THREADS, verbosity=-1)
    model.fit(inputs, came.astype(float))
    asked = np.arange(1, int(months.max()) + 1)
    again = np.column_stack([np.tile(asked, test.shape[0]), np.repeat(test, asked.size, axis=0)])
    hazard = np.asarray(model.booster_.predict(again)).reshape(test.shape[0], asked.size)
    return np.asarray(np.cumprod(1.0 - hazard, axis=1)[:, months.astype(np.int64) - 1])


def _forest(train: Floats, duration: Floats, event: Floats, test: Floats, months: Floats) -> Floats:
    from sksurv.ensemble import RandomSurvivalForest
    from sksurv.util import Surv

    model = RandomSurvivalForest(random_state=0, n_jobs=THREADS)
    model.fit(train, Surv.from_arrays(event > 0, duration))
    steps = model.predict_survival_function(test)
    return np.array([step(np.clip(months, *step.domain)) for step in steps])


def _installed() -> dict[str, Curves]:
    """The survival forest where scikit-survival happens to be installed; nothing needs it."""
    try:
        import sksurv  # noqa: F401
    except ImportError:
        return {}
    return {FOREST: _forest}


SURVIVAL: dict[str, Curves] = {
    BASE: _curve,
    COX: _lifelines(CoxPHFitter),
    WEIBULL: _lifelines(WeibullAFTFitter),
    BOOSTED: _by_month,
    **_installed(),
}
