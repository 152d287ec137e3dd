"""The shifted-beta-geometric model: how long customers stay who may leave at each renewal."""

from tenure.engine.sbg.exposure import Exposure
from tenure.engine.sbg.fitting import Fitted, fit
from tenure.engine.sbg.model import (
    discounted_residual,
    log_lost,
    log_survival,
    residual_periods,
    retention,
    still_paying,
    survival,
)
from tenure.engine.sbg.posterior import MONTHLY, YEARLY, Estimate, Posterior, Prior, posterior

__all__ = [
    "MONTHLY",
    "YEARLY",
    "Estimate",
    "Exposure",
    "Fitted",
    "Posterior",
    "Prior",
    "discounted_residual",
    "fit",
    "log_lost",
    "log_survival",
    "posterior",
    "residual_periods",
    "retention",
    "still_paying",
    "survival",
]
