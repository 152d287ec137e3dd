"""Reads of scores: what they are, how they come about, what moved them."""

from tenure.health.selectors.changes import HealthChange, health_changes, movements_of
from tenure.health.selectors.explanation import ExplainedLine, Explanation, explain
from tenure.health.selectors.movement import Movement, MovementPart, what_moved
from tenure.health.selectors.scorecards import scorecard_current, scorecards_current
from tenure.health.selectors.scores import (
    at_risk_first,
    band_changes,
    band_counts,
    history_of,
    score_of,
)
from tenure.health.selectors.sources import SourceState, sources

__all__ = [
    "ExplainedLine",
    "Explanation",
    "HealthChange",
    "Movement",
    "MovementPart",
    "SourceState",
    "at_risk_first",
    "band_changes",
    "band_counts",
    "explain",
    "health_changes",
    "history_of",
    "movements_of",
    "score_of",
    "scorecard_current",
    "scorecards_current",
    "sources",
    "what_moved",
]
