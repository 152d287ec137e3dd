"""Which forecast definition is in force: the newest stored version, else the shipped one."""

from tenure.core.models import DefinitionVersion
from tenure.forecast.definitions import KEY, KIND, ForecastDefinition, parse, shipped


def definition_in_force() -> ForecastDefinition:
    """The definition now."""
    rows = DefinitionVersion.objects.filter(kind=KIND, key=KEY, retired=False)
    row = rows.order_by("-version").first()
    return parse(shipped()) if row is None else parse(row.body, row.version)
