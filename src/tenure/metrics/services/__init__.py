"""Writes of metric definitions, the panel and the account snapshots."""

from tenure.metrics.services.definitions import (
    metric_retire,
    metric_save,
    metrics_install_defaults,
    metrics_save,
)
from tenure.metrics.services.refresh import RefreshResult, panel_refresh

__all__ = [
    "RefreshResult",
    "metric_retire",
    "metric_save",
    "metrics_install_defaults",
    "metrics_save",
    "panel_refresh",
]
