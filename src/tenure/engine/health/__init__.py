"""Health scores that add up: evaluation, explanation, and what moved a score between two dates."""

from tenure.engine.health.baseline import own_baseline
from tenure.engine.health.evaluate import BANDS, Evaluated, band_of, evaluate
from tenure.engine.health.explain import Explained, Line, explain
from tenure.engine.health.moved import Cause, Moved, Part, what_moved
from tenure.engine.health.scorecard import Bands, Group, Measure, Scorecard, mapped

__all__ = [
    "BANDS",
    "Bands",
    "Cause",
    "Evaluated",
    "Explained",
    "Group",
    "Line",
    "Measure",
    "Moved",
    "Part",
    "Scorecard",
    "band_of",
    "evaluate",
    "explain",
    "mapped",
    "own_baseline",
    "what_moved",
]
