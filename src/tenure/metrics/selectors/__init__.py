"""Reads of metric definitions, the panel and the account snapshots."""

from tenure.metrics.selectors.catalogue import bodies_current, catalogue_current, metric_catalogue
from tenure.metrics.selectors.panel import panel_values, panel_weeks
from tenure.metrics.selectors.snapshots import Series, series_of, series_until, snapshot_of
from tenure.metrics.selectors.trial import Trial, metric_trial

__all__ = [
    "Series",
    "Trial",
    "bodies_current",
    "catalogue_current",
    "metric_catalogue",
    "metric_trial",
    "panel_values",
    "panel_weeks",
    "series_of",
    "series_until",
    "snapshot_of",
]
