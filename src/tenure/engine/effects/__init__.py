"""What plays did, told from random hold-outs: who is held out, and the effect at every look."""

from tenure.engine.effects.assignment import Arrival, Assignment, Design, altered, assign
from tenure.engine.effects.contrast import Contrast, contrast, usable
from tenure.engine.effects.entries import Endpoint, Entries, Sample, sample_on
from tenure.engine.effects.measuring import (
    Arm,
    Effect,
    Estimate,
    Plan,
    Seen,
    Verdict,
    effect_on,
    history,
)
from tenure.engine.effects.mismatch import Mismatch, log_evidence, mismatch
from tenure.engine.effects.sequence import boundary, mixing, p_value, reach
from tenure.engine.effects.size import needed, until_floor
from tenure.engine.effects.strata import Strata, strata_of

__all__ = [
    "Arm",
    "Arrival",
    "Assignment",
    "Contrast",
    "Design",
    "Effect",
    "Endpoint",
    "Entries",
    "Estimate",
    "Mismatch",
    "Plan",
    "Sample",
    "Seen",
    "Strata",
    "Verdict",
    "altered",
    "assign",
    "boundary",
    "contrast",
    "effect_on",
    "history",
    "log_evidence",
    "mismatch",
    "mixing",
    "needed",
    "p_value",
    "reach",
    "sample_on",
    "strata_of",
    "until_floor",
    "usable",
]
