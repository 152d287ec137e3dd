"""Which scorecards are in force: stored versions, and the shipped ones nobody has touched."""

from datetime import datetime

from tenure.core.models import DefinitionVersion
from tenure.core.selectors import definitions_newest
from tenure.health.definitions import KIND, ScorecardDefinition, parse, shipped


def scorecards_in_force(at: datetime | None = None) -> tuple[ScorecardDefinition, ...]:
    """All scorecards now (or as of a time) in the order in which they are tried."""
    newest = definitions_newest(KIND, at)
    found = [parse(d.body, d.key, d.version) for d in newest.values() if d is not None]
    found += [parse(body, key) for key, body in shipped().items() if key not in newest]
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
