"""Our side: Tenure's own forecasts as plain arrays. The only file here that knows the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.engine.hazards import Settings, fit
from tenure.engine.panel import CHURN, Panel

Floats = NDArray[np.float64]
NAME = "Tenure"


@dataclass(frozen=True)
class Told:
    """What a fit says of itself: its model of churn, whether the data carry it, its notes."""

    chosen: str
    signal: bool
    notes: tuple[str, ...]


def curves(train: Panel, test: Panel, seed: int = 0) -> tuple[Floats, Told]:
    """Survival (n, H) of test rows by a model of the training rows, with no tuning."""
    fitted = fit(train, Settings(seed=seed))
    report = next(cause for cause in fitted.report.causes if cause.cause == CHURN)
    told = Told(report.chosen, report.signal, tuple(report.notes))
    return np.asarray(fitted.predict(test).survival), told


def chances(train: Panel, test: Panel, horizon: int, seed: int = 0) -> tuple[Floats, Told]:
    """Churn probability (n,) within `horizon` months of test rows."""
    survival, told = curves(train, test, seed)
    return 1.0 - survival[:, horizon - 1], told


@dataclass(frozen=True)
class Explained:
    """Survival (n, H) of n rows and their reasons: `names` (d,) and `values` (n, d).

    `learned` (m,): log-odds of the rows learned from, less their base.
    """

    survival: Floats
    names: tuple[str, ...]
    values: Floats
    learned: Floats


def explained(
    train: Panel, test: Panel, horizon: int, groups: Mapping[str, Sequence[str]], seed: int = 0
) -> Explained:
    """Curves and reasons of test rows by one model of the training rows."""
    fitted = fit(train, Settings(seed=seed))
    drivers = fitted.drivers(test, horizon, CHURN, groups)
    return Explained(
        np.asarray(fitted.predict(test).survival),
        drivers.names,
        np.asarray(drivers.values),
        np.asarray(fitted.drivers(train, horizon, CHURN, groups).values.sum(axis=1)),
    )


def reasons(
    train: Panel, test: Panel, horizon: int, groups: Mapping[str, Sequence[str]], seed: int = 0
) -> tuple[tuple[str, ...], Floats]:
    """Names of drivers (d,) and what each adds to the log-odds of churn of test rows, (n, d)."""
    drivers = fit(train, Settings(seed=seed)).drivers(test, horizon, CHURN, groups)
    return drivers.names, np.asarray(drivers.values)
