"""Which ladder is in force: the newest stored version, else the shipped one."""

from datetime import datetime

from tenure.core.models import DefinitionVersion
from tenure.relationship.definitions import KEY, KIND, LadderDefinition, parse, shipped


def ladder_in_force(at: datetime | None = None) -> LadderDefinition:
    """The ladder now, or as of a time."""
    rows = DefinitionVersion.objects.filter(kind=KIND, key=KEY, retired=False)
    if at is not None:
        rows = rows.filter(created_at__lte=at)
    row = rows.order_by("-version").first()
    return parse(shipped()) if row is None else parse(row.body, row.version)


def versions_saved_at() -> list[datetime]:
    """When ladders were saved, ascending: what is in force changes at these times only."""
    rows = DefinitionVersion.objects.filter(kind=KIND, key=KEY).order_by("created_at")
    return list(rows.values_list("created_at", flat=True))
