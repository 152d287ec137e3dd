"""Customer or client: the clauses in three-valued logic and the levels they lead to."""

from tenure.engine.ladder.answers import NO, UNKNOWN, YES, Answers, all_of, answer, any_of
from tenure.engine.ladder.clauses import CLAUSES, Rules, WeekInputs, Weighed, weigh
from tenure.engine.ladder.levels import (
    ADVOCATE,
    CLIENT,
    CUSTOMER,
    FORMER,
    LEVELS,
    PROSPECT,
    Climb,
    step,
)

__all__ = [
    "ADVOCATE",
    "CLAUSES",
    "CLIENT",
    "CUSTOMER",
    "FORMER",
    "LEVELS",
    "NO",
    "PROSPECT",
    "UNKNOWN",
    "YES",
    "Answers",
    "Climb",
    "Rules",
    "WeekInputs",
    "Weighed",
    "all_of",
    "answer",
    "any_of",
    "step",
    "weigh",
]
