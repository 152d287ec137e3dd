"""What is known of an account on the day it starts, for its stratum and for adjusting effects."""

from collections.abc import Iterable

from tenure.engine.effects import Strata, strata_of
from tenure.plays.arrivals import Facts
from tenure.plays.effects.endpoints import KNOWN

FIELDS = {
    "risk_12": "forecast.churn_12",
    "risk_3": "forecast.churn_3",
    "mrr": "contract.mrr",
    "health": "health.score",
    "usage": "metric.active_people",
    "tenure": "contract.paid_months",
}
"""Name → the field of segments it is read from; chances are kept as shares."""


def known_of(facts: Facts, account: int) -> dict[str, float | None]:
    """Each of `KNOWN`; None: not known that day."""
    found: dict[str, float | None] = {}
    for name in KNOWN:
        value = facts.column(FIELDS[name]).get(account)
        number = None if value is None else float(value)
        found[name] = number / 100 if name.startswith("risk") and number is not None else number
    return found


def strata_on(facts: Facts, accounts: Iterable[int]) -> Strata:
    """Terciles of risk and value over some accounts, by what is known that day."""
    told = [known_of(facts, account) for account in accounts]
    return strata_of(
        [one["risk_12"] for one in told if one["risk_12"] is not None],
        [one["mrr"] for one in told if one["mrr"] is not None],
    )
