"""Which scorecards are in force: stored versions, and the shipped ones nobody has touched."""

from datetime import datetime

from tenure.core.models import DefinitionVersion
from tenure.core.selectors import definitions_current
from tenure.health.definitions import KIND, ScorecardDefinition, parse, shipped


def scorecards_in_force(at: datetime | None = None) -> tuple[ScorecardDefinition, ...]:
    """All scorecards now (or as of a time) in the order in which they are tried."""
    stored = DefinitionVersion.objects.filter(kind=KIND)
    if at is not None:
        stored = stored.filter(created_at__lte=at)
    touched = set(stored.values_list("key", flat=True))
    found = [parse(d.body, d.key, d.version) for d in definitions_current(KIND, at)]
    found += [parse(body, key) for key, body in shipped().items() if key not in touched]
    return tuple(sorted(found, key=lambda d: (d.order, d.key)))


def scorecard_version(key: str, version: int) -> ScorecardDefinition | None:
    """One version of a scorecard; version 0 is the shipped one."""
    if version == 0:
        body = shipped().get(key)
        return parse(body, key) if body is not None else None
    row = DefinitionVersion.objects.filter(kind=KIND, key=key, version=version).first()
    return parse(row.body, key, version) if row is not None else None


def versions_saved_at() -> list[datetime]:
    """When scorecards were saved, ascending: what is in force changes at these times only."""
    saved = DefinitionVersion.objects.filter(kind=KIND).order_by("created_at")
    return list(saved.values_list("created_at", flat=True))
