"""The beta-discrete-Weibull model: how long customers stay whose own risk changes with time."""

from tenure.engine.bdw.fitting import Choice, Fitted, choose, fit, log_likelihood
from tenure.engine.bdw.model import (
    discounted_residual,
    log_lost,
    log_survival,
    retention,
    still_paying,
    survival,
)

__all__ = [
    "Choice",
    "Fitted",
    "choose",
    "discounted_residual",
    "fit",
    "log_likelihood",
    "log_lost",
    "log_survival",
    "retention",
    "still_paying",
    "survival",
]
