"""Adoption: who goes through a funnel, who comes back, and which groups use more."""

from tenure.engine.adoption.comeback import Cohort, Comeback, Point, cohorts_of, comeback, curve
from tenure.engine.adoption.comparison import Difference, difference
from tenure.engine.adoption.funnel import Funnel, Step, funnel, steps_of

__all__ = [
    "Cohort",
    "Comeback",
    "Difference",
    "Funnel",
    "Point",
    "Step",
    "cohorts_of",
    "comeback",
    "curve",
    "difference",
    "funnel",
    "steps_of",
]
