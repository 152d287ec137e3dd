"""By what a play is judged, and the first of them before all others."""

from dataclasses import dataclass

from tenure.engine.effects import Endpoint, Plan

RETENTION, MRR, HEALTH, USAGE = "retention", "mrr", "health", "usage"
NAMES = (RETENTION, MRR, HEALTH, USAGE)
DAYS = (30, 90, 180)
JUDGED = (RETENTION, 90)
"""The endpoint a play is judged by, chosen for all plays before any starts; others are hints."""
PLAN = Plan()
HISTORY = 0
"""In place of a version: what a play did before Tenure, which no version accounts enter has."""
KNOWN = ("risk_12", "risk_3", "mrr", "health", "usage", "tenure")
"""What is kept of an account when it starts (`Run.known`), those that tell most first."""
OWN = {MRR: "mrr", HEALTH: "health", USAGE: "usage"}
"""The endpoint's own value before; it goes in front of the others when an effect is adjusted."""
_SHARE = {RETENTION: 0.05, MRR: 0.05, USAGE: 0.1}
_POINTS = 5.0


@dataclass(frozen=True)
class Before:
    """Means over all that started, of what was known before, for the least difference worth it."""

    mrr: float | None
    usage: float | None


def endpoint(name: str, days: int, before: Before) -> Endpoint:
    """An endpoint with the least difference worth knowing: 5 points of retention or health, 5 % of
    the MRR and 10 % of the use that accounts had on average before.
    """
    return Endpoint(name, days, binary=name == RETENTION, worth=_worth(name, before))


def _worth(name: str, before: Before) -> float | None:
    if name == RETENTION:
        return _SHARE[name]
    if name == HEALTH:
        return _POINTS
    mean = before.mrr if name == MRR else before.usage
    return _SHARE[name] * mean if mean and mean > 0 else None


def columns(name: str) -> tuple[str, ...]:
    """The names of what an endpoint is adjusted by, in order."""
    own = OWN.get(name)
    return KNOWN if own is None else (own, *(one for one in KNOWN if one != own))
