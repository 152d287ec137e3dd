"""Relationship states over time: who becomes a client and for how long, and what a book will be."""

from tenure.engine.states.book import Book
from tenure.engine.states.history import (
    ADVOCATE,
    CLIENT,
    CLIENTS,
    CUSTOMER,
    FORMER,
    OUT_OF_SIGHT,
    PROSPECT,
    STATES,
    Histories,
    month_grid,
    monthly_counts,
)
from tenure.engine.states.incidence import aalen_johansen
from tenure.engine.states.means import Means, expected, expected_kept
from tenure.engine.states.outlook import chance_within, expected_months, occupancy, value
from tenure.engine.states.posterior import Answer, Prior, Transitions, transitions
from tenure.engine.states.scenarios import (
    Renewals,
    Scenario,
    Scenarios,
    scenario,
    scenarios,
)
from tenure.engine.states.simulated import Fan, fan

__all__ = [
    "ADVOCATE",
    "CLIENT",
    "CLIENTS",
    "CUSTOMER",
    "FORMER",
    "OUT_OF_SIGHT",
    "PROSPECT",
    "STATES",
    "Answer",
    "Book",
    "Fan",
    "Histories",
    "Means",
    "Prior",
    "Renewals",
    "Scenario",
    "Scenarios",
    "Transitions",
    "aalen_johansen",
    "chance_within",
    "expected",
    "expected_kept",
    "expected_months",
    "fan",
    "month_grid",
    "monthly_counts",
    "occupancy",
    "scenario",
    "scenarios",
    "transitions",
    "value",
]
