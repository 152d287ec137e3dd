"""The methods that a backtest compares, each trained on what was known on the test date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.hazards.threads import one_thread
from tenure.engine.panel import CHURN, CLIENT, Panel
from tenure.forecast.inputs.days import Floats

FORECAST, BASE, HEALTH, LAST_SEEN, LOGISTIC = (
    "forecast", "base_rate", "health", "last_seen", "logistic",
)  # fmt: skip
METHODS = (FORECAST, BASE, HEALTH, LAST_SEEN, LOGISTIC)
ELSEWHERE = (FORECAST, BASE, LOGISTIC)
ENOUGH = 10
"""Events below which nothing is fitted for comparison."""


@dataclass(frozen=True)
class Simple:
    """A logistic regression on some columns: medians for gaps, standardised, ridge penalty 1."""

    middle: Floats
    scale: Floats
    model: Any

    @classmethod
    @one_thread
    def fit(cls, columns: Floats, outcome: Floats, strength: float = 1.0) -> "Simple | None":
        """None with fewer than `ENOUGH` of either outcome."""
        if outcome.size == 0 or min(outcome.sum(), (1.0 - outcome).sum()) < ENOUGH:
            return None
        from sklearn.linear_model import LogisticRegression  # loads much that few processes need

        known = np.where(np.isfinite(columns), columns, np.nan)
        empty = np.isnan(known).all(axis=0)
        known[:, empty] = 0.0
        middle = np.nanmedian(known, axis=0)
        filled = np.where(np.isnan(known), middle, known)
        spread = filled.std(axis=0)
        scale = np.where(spread > 1e-12, spread, 1.0)
        model = LogisticRegression(C=1.0 / strength, solver="newton-cholesky")
        model.fit((filled - middle) / scale, outcome.astype(int))
        return cls(middle, scale, model)

    def chance(self, columns: Floats) -> Floats:
        """P(it comes), (n,)."""
        filled = np.where(np.isfinite(columns), columns, self.middle)
        return np.asarray(self.model.predict_proba((filled - self.middle) / self.scale)[:, 1])


def closed_label(panel: Panel, horizon: int, cause: str = CHURN) -> Floats:
    """1.0 or 0.0 of rows whose first `horizon` months are over, nan of all others, (n,).

    `Panel.label` also knows those who churned in months that are not all over: without the ones
    who may yet, they would make churn look like the rule.
    """
    return np.where(panel.followed >= horizon, panel.label(cause, horizon), np.nan)


def methods_of(cause: str) -> tuple[str, ...]:
    """What a cause is compared by: a health score and a last visit only ever spoke of churn."""
    return METHODS if cause == CHURN else ELSEWHERE


def at_risk(panel: Panel, cause: str) -> NDArray[np.bool_]:
    """Rows that a cause may come to, (n,): nobody becomes a client who is one."""
    if cause != CLIENT:
        return np.ones(len(panel), dtype=bool)
    return np.asarray(column(panel, "client") != 1.0)


def base_chance(known: Panel, horizon: int, cause: str = CHURN) -> float:
    """P(a cause comes within h months) at the rates of all: Σ λ · ((1 − λ)(1 − μ))^(m − 1).

    λ = arrivals/months at risk with one in fifty months as a weak prior, μ that of churn, which
    ends the time in which anything else may come (0 for churn itself).
    """
    rate = _rate(known, cause)
    stays = (1.0 - rate) * (1.0 if cause == CHURN else 1.0 - _rate(known, CHURN))
    return float(rate * (stays ** np.arange(horizon)).sum())


def _rate(known: Panel, cause: str) -> float:
    own, churn = known.months[:, known.causes.index(cause)], known.months[:, 0]
    months = np.where(own > 0, own, np.where(churn > 0, churn, known.followed))
    return float(((own > 0).sum() + 1.0) / (months.sum() + 50.0))


def baseline_columns(panel: Panel, horizon: int) -> Floats:
    """What "renewal date and last seen" looks at: renewals within the horizon, days unseen."""
    at = min(horizon, panel.horizons) - 1
    renewals = panel.ahead[:, at, panel.ahead_names.index("renewals")]
    return np.stack([renewals, column(panel, "days_since_active")], axis=1)


def column(panel: Panel, name: str) -> Floats:
    """A feature, nan throughout where the panel has none of that name."""
    if name not in panel.names:
        return np.full(len(panel), np.nan)
    return panel.features[:, panel.names.index(name)]


def rivals(
    known: Panel, asked: Panel, horizon: int, features: Sequence[str], cause: str = CHURN
) -> dict[str, Floats | None]:
    """Method → chances of a cause within the horizon (n,); None where it cannot be fitted."""
    learnt = known.take(at_risk(known, cause))
    outcome = closed_label(learnt, horizon, cause)
    closed = ~np.isnan(outcome)
    rows, came = learnt.take(closed), outcome[closed]
    found: dict[str, Floats | None] = {
        BASE: np.full(len(asked), base_chance(learnt, horizon, cause)),
    }
    for method in (m for m in methods_of(cause) if m not in found and m != FORECAST):
        columns = _columns(method, rows, horizon, features)
        fitted = Simple.fit(columns, came, 30.0 if method == LOGISTIC else 1.0)
        told = None if fitted is None else fitted.chance(_columns(method, asked, horizon, features))
        found[method] = told
    return found


def _columns(method: str, panel: Panel, horizon: int, features: Sequence[str]) -> Floats:
    if method == HEALTH:
        return column(panel, "health")[:, None]
    if method == LAST_SEEN:
        return baseline_columns(panel, horizon)
    return panel.only(features).features
