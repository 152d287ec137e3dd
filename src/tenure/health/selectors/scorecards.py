"""The scorecards now in force."""

from tenure.health.definitions import ScorecardDefinition
from tenure.health.in_force import scorecards_in_force


def scorecards_current() -> tuple[ScorecardDefinition, ...]:
    """All scorecards in force, in the order in which they are tried."""
    return scorecards_in_force()


def scorecard_current(key: str) -> ScorecardDefinition | None:
    """The scorecard in force under a key."""
    return next((d for d in scorecards_in_force() if d.key == key), None)
