"""Hours an account needs in a week, by its level and the tier of its plan: an assumption."""

from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("prospect", "customer", "client", "advocate", "former")


@dataclass(frozen=True)
class Workload:
    """What the hours of a team are counted with.

    Attributes:
        hours: Level → hours a week that one account of it needs, of a plan of factor 1. An account
            without a level counts as a prospect.
        tiers: Tier → factor. A tier that isn't there takes the factor of the next lower one, of
            the lowest if there is none; an account without a tier takes 1.
        capacity: Hours a week of a person of whom none are stated.
        recent_days: An account with a touchpoint within so many days is left where it is.
        clients_stay: Whether clients and advocates are left where they are.
    """

    hours: Mapping[str, float]
    tiers: Mapping[int, float]
    capacity: float
    recent_days: int
    clients_stay: bool

    def need(self, level: str, tier: int | None) -> float:
        """Hours a week that an account of a level and tier needs."""
        return self.hours[level or LEVELS[0]] * self._factor(tier)

    def _factor(self, tier: int | None) -> float:
        if tier is None or not self.tiers:
            return 1.0
        lower = [known for known in self.tiers if known <= tier]
        return self.tiers[max(lower) if lower else min(self.tiers)]


def load_of(need: float, capacity: float) -> float | None:
    """Hours needed over hours had; 1 is full. None for someone who has none."""
    return need / capacity if capacity > 0 else None
