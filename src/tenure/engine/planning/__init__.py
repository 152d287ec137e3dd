"""The weekly plan: which play for which account by whom, under hours, skills and languages."""

from tenure.engine.planning.plan import Load, Plan, plan
from tenure.engine.planning.reasons import REASONS, Assignment, Left, Passed
from tenure.engine.planning.week import Account, Commitment, Manager, Play, Week

__all__ = [
    "REASONS",
    "Account",
    "Assignment",
    "Commitment",
    "Left",
    "Load",
    "Manager",
    "Passed",
    "Plan",
    "Play",
    "Week",
    "plan",
]
