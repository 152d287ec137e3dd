"""Reads of metric definitions, the panel and the account snapshots."""

from tenure.metrics.selectors.catalogue import bodies_current, catalogue_current, metric_catalogue
from tenure.metrics.selectors.panel import panel_values, panel_weeks
from tenure.metrics.selectors.preview import Preview, preview
from tenure.metrics.selectors.snapshots import Series, series_of, snapshot_of
from tenure.metrics.selectors.trial import Trial, metric_trial

__all__ = [
    "Preview",
    "Series",
    "Trial",
    "bodies_current",
    "catalogue_current",
    "metric_catalogue",
    "metric_trial",
    "panel_values",
    "panel_weeks",
    "preview",
    "series_of",
    "snapshot_of",
]
