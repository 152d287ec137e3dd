"""Reads of levels and clauses: where accounts stand, how they got there, what is missing."""

from tenure.relationship.selectors.changes import StandingChange, standing_changes
from tenure.relationship.selectors.cohorts import CohortConversion, conversion
from tenure.relationship.selectors.flows import Flow, flow, level_changes, levels_on, quarter_of
from tenure.relationship.selectors.standings import (
    evaluations_of,
    ladder_counts,
    level_by_tier,
    locked_in,
    one_clause_away,
    slipping,
    standing_of,
)

__all__ = [
    "CohortConversion",
    "Flow",
    "StandingChange",
    "conversion",
    "evaluations_of",
    "flow",
    "ladder_counts",
    "level_by_tier",
    "level_changes",
    "levels_on",
    "locked_in",
    "one_clause_away",
    "quarter_of",
    "slipping",
    "standing_changes",
    "standing_of",
]
