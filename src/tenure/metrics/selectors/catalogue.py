"""The definitions that apply now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion
from tenure.core.selectors import definitions_newest
from tenure.core.wording import told
from tenure.metrics.definitions import Catalogue, Metric, catalogue_of, parse, shipped_bodies

KIND = "metric"


def bodies_current(at: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Key → body: the newest stored version, else the shipped default; retired ones left out."""
    newest = definitions_newest(KIND, at)
    stored = {key: found.body for key, found in newest.items() if found is not None}
    shipped = {key: body for key, body in shipped_bodies().items() if key not in newest}
    if at is not None:
        known = set(DefinitionVersion.objects.filter(kind=KIND).values_list("key", flat=True))
        shipped = {key: body for key, body in shipped.items() if key not in known}
    return dict(sorted((shipped | stored).items()))


def checked(bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, Metric]:
    """The metrics that bodies describe, each under its own key.

    Raises:
        InvalidDefinition: one does not hold together, or names another key.
    """
    metrics = {}
    for key, body in bodies.items():
        metric = metrics[key] = parse({**body, "key": body.get("key", key)})
        if metric.key != key:
            raise InvalidDefinition(
                [
                    _("The definition's key is %(key)r, not %(key2)r.")
                    % {"key": metric.key, "key2": key}
                ]
            )
    return metrics


def catalogue_current(at: datetime | None = None) -> Catalogue:
    """All metrics that apply now (or at a time), in computable order."""
    return catalogue_of(parse(body) for body in bodies_current(at).values())


def metric_catalogue() -> list[Metric]:
    """All metrics that apply now, by title."""
    return sorted(catalogue_current().metrics, key=lambda metric: told(metric.title))
