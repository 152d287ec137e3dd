"""From a panel to a fitted model: refuse what knows too much, drop what says nothing, fit."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from tenure import __version__
from tenure.engine.hazards import Settings, fit
from tenure.engine.panel import Panel
from tenure.engine.panel.leakage import lint
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.services.screening import telling
from tenure.metrics.selectors import catalogue_current

THREADS, FOLDS = 2, 3
# Known to have stood like this at the test date: dated facts that the panel reads as recorded.
VOUCHED = ("tenure_months", "paid_months", "renewals_done", "term", "tier", "top_tier", "client")
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "lightgbm")
_FALLS = ("health", "health_usage", "health_relationship", "outcomes_365d", "heard_90d")
_RISES = ("contact_days", "invoices_overdue", "people_with_say_left_180d")


@dataclass(frozen=True)
class Learned:
    """A model, the features it was given, and what was refused: [{column, reason, proof}]."""

    fitted: Any
    names: tuple[str, ...]
    refused: tuple[dict[str, str], ...]

    def rows(self, panel: Panel) -> Panel:
        """Any panel with the columns of this model."""
        return panel.only(self.names)


def learn(panel: Panel, definition: ForecastDefinition, resamples: int = 0) -> Learned:
    """Fit to the rows of which anything is known; same panel and seed, same bytes.

    `resamples`: how often it is fitted again, to see how steady its reasons are.
    """
    horizon = min(12, definition.horizons)
    known = panel.take(panel.followed > 0)
    refused: tuple[dict[str, str], ...] = ()
    if len(known):
        linted = lint(known, horizon=horizon, vouched=VOUCHED)
        refused = tuple(
            {
                "column": finding.column,
                "reason": finding.sentence,
                "proof": f"{finding.account} {finding.origin} {finding.value}",
                "rule": finding.rule,
            }
            for finding in linted.removed
            if finding.column
        )
        known = linted.of(known)
    known = known.only(_varying(known))
    known = known.only(telling(known, definition.features))
    settings = Settings(
        seed=definition.seed,
        threads=THREADS,
        horizons=definition.horizons,
        monotone=directions(known.names),
        periods=definition.learned_months,
        folds=FOLDS,
        resamples=resamples,
    )
    return Learned(fit(known, settings), known.names, refused)


def _varying(panel: Panel) -> tuple[str, ...]:
    """Features that are known somewhere and not the same everywhere."""
    if not len(panel):
        return panel.names
    filled = np.nan_to_num(panel.features, nan=np.inf)
    varies = (filled != filled[:1]).any(axis=0)
    return tuple(name for name, kept in zip(panel.names, varies, strict=True) if kept)


def directions(names: tuple[str, ...]) -> dict[str, int]:
    """Which way the risk of churn may go with a feature, where that is beyond doubt."""
    catalogue = catalogue_current()
    known = {}
    for key in catalogue.keys:
        better = catalogue[key].higher_is_better
        if better is not None:
            known[key] = -1 if better else 1
    known |= dict.fromkeys(_FALLS, -1) | dict.fromkeys(_RISES, 1)
    return {name: known[name] for name in names if name in known}


def digest_of(panel: Panel) -> str:
    """SHA-256 over everything in a panel."""
    digest = sha256("\n".join((*panel.names, *panel.causes, *panel.ahead_names)).encode())
    for name in ("account", "origin", "features", "months", "followed", "ahead"):
        digest.update(np.ascontiguousarray(getattr(panel, name)).tobytes())
    return digest.hexdigest()


def libraries() -> dict[str, str]:
    """What a model depends on to come out the same."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def code_version() -> str:
    """Tenure's own version."""
    return __version__
