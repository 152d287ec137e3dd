"""Reads of metric definitions, the panel and the account snapshots."""

from tenure.metrics.selectors.catalogue import bodies_current, catalogue_current, metric_catalogue
from tenure.metrics.selectors.panel import panel_values, panel_weeks
from tenure.metrics.selectors.snapshots import Series, series_of, snapshot_of

__all__ = [
    "Series",
    "bodies_current",
    "catalogue_current",
    "metric_catalogue",
    "panel_values",
    "panel_weeks",
    "series_of",
    "snapshot_of",
]
