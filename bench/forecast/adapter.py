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


def curves_and_reasons(
    train: Panel, test: Panel, horizon: int, groups: Mapping[str, Sequence[str]], seed: int = 0
) -> tuple[Floats, tuple[str, ...], Floats]:
    """Survival (n, H) of test rows, and their reasons as `reasons` gives them, by one model."""
    fitted = fit(train, Settings(seed=seed))
    drivers = fitted.drivers(test, horizon, CHURN, groups)
    survival = np.asarray(fitted.predict(test).survival)
    return survival, drivers.names, np.asarray(drivers.values)


def reasons(
    train: Panel, test: Panel, horizon: int, groups: Mapping[str, Sequence[str]], seed: int = 0
) -> tuple[tuple[str, ...], Floats]:
    """Names of drivers (d,) and what each adds to the log-odds of churn of test rows, (n, d)."""
    drivers = fit(train, Settings(seed=seed)).drivers(test, horizon, CHURN, groups)
    return drivers.names, np.asarray(drivers.values)
