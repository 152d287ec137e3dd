"""Saving, retiring and installing metric definitions."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion, User
from tenure.core.services import definition_append
from tenure.metrics.definitions import catalogue_of, parse, shipped_bodies
from tenure.metrics.selectors.catalogue import KIND, bodies_current, checked


@transaction.atomic
def metric_save(
    *, actor: User | None, key: str, body: Mapping[str, Any], note: str = ""
) -> DefinitionVersion:
    """Append a version of a metric, after checking it and everything that leans on it."""
    return metrics_save(actor=actor, bodies={key: body}, note=note)[0]


@transaction.atomic
def metrics_save(
    *, actor: User | None, bodies: Mapping[str, Mapping[str, Any]], note: str = ""
) -> list[DefinitionVersion]:
    """Append a version of each of several metrics, which may lean on one another."""
    metrics = checked(bodies)
    known = bodies_current() | {key: metric.body for key, metric in metrics.items()}
    catalogue_of(parse(one) for one in known.values())
    return [
        definition_append(actor=actor, kind=KIND, key=key, body=dict(metric.body), note=note)
        for key, metric in metrics.items()
    ]


@transaction.atomic
def metric_retire(*, actor: User | None, key: str, note: str = "") -> DefinitionVersion:
    """Stop computing a metric; refused while another leans on it."""
    bodies = bodies_current()
    if key not in bodies:
        raise InvalidDefinition(
            [_("There is no metric %(key)r; look at the list of metrics.") % {"key": key}]
        )
    body = bodies.pop(key)
    catalogue_of(parse(one) for one in bodies.values())
    return definition_append(
        actor=actor, kind=KIND, key=key, body=dict(body), note=note, retired=True
    )


@transaction.atomic
def metrics_install_defaults() -> int:
    """Store the shipped definitions that have no version yet; how many were stored."""
    known = set(DefinitionVersion.objects.filter(kind=KIND).values_list("key", flat=True))
    missing = {key: body for key, body in shipped_bodies().items() if key not in known}
    for key, body in missing.items():
        definition_append(actor=None, kind=KIND, key=key, body=body, note="shipped with Tenure")
    return len(missing)
