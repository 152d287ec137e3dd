"""Names that people read for measures and sources."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.core.wording import told
from tenure.health.definitions import Column

SOURCES = {
    "events": _("Product events"),
    "contracts": _("Contracts"),
    "touchpoints": _("Touchpoints"),
    "tickets": _("Tickets"),
    "surveys": _("Surveys"),
    "invoices": _("Invoices"),
    "pulse": _("Pulse of the success manager"),
}


def measure_title(key: str, column: Column | None, metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """The title given in the scorecard, else that of the metric, else the key in words.

    `metrics`: the bodies of the metrics that apply, by key, read once for all measures.
    """
    if column is not None and column.title:
        return told(column.title)
    if column is not None and column.is_pulse:
        return gettext("Pulse")
    metric = metrics.get(column.metric if column else key, {})
    title = told(str(metric.get("title") or key.replace("_", " ").capitalize()))
    if column is not None and column.baseline_weeks:
        return gettext("%(metric)s against own past") % {"metric": title}
    return title


def source_title(source: str) -> str:
    """The name of a source."""
    return str(SOURCES.get(source, source))
