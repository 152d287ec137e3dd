"""Whom a play helps: effects learnt from its own hold-outs, judged by what they are worth.

A log goes in (who was treated, with which chance, and what came of it), a ranker comes out that was
chosen by the cross-fitted value of going by it, with an interval that holds although it was chosen.
"""

from tenure.engine.uplift.assumed import Estimated, Hint, Prior, assumed_effects, shrunken
from tenure.engine.uplift.choosing import Candidate, Choice
from tenure.engine.uplift.experiments import Experiment, Teaches, most_teaching, worth
from tenure.engine.uplift.fitting import Report, Settings, Uplift, fit
from tenure.engine.uplift.log import PlayLog, against_nothing, play_log
from tenure.engine.uplift.policy import Value, treated_share
from tenure.engine.uplift.qini import Curve, auuc, qini, qini_curve, uplift_curve
from tenure.engine.uplift.segments import Pooled, by_segment, pool

__all__ = [
    "Candidate",
    "Choice",
    "Curve",
    "Estimated",
    "Experiment",
    "Hint",
    "PlayLog",
    "Pooled",
    "Prior",
    "Report",
    "Settings",
    "Teaches",
    "Uplift",
    "Value",
    "against_nothing",
    "assumed_effects",
    "auuc",
    "by_segment",
    "fit",
    "most_teaching",
    "play_log",
    "pool",
    "qini",
    "qini_curve",
    "shrunken",
    "treated_share",
    "uplift_curve",
    "worth",
]
