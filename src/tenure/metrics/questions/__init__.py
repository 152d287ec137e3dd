"""Questions asked of the event store while somebody waits: within limits of time and memory."""

from tenure.metrics.questions.answering import Answer, answer
from tenure.metrics.questions.asked import GRAINS, MEASURES, OPERATORS, SPLITS, Filter, Question
from tenure.metrics.questions.features import Features, features_in_force
from tenure.metrics.questions.live import Limits, LiveStore, TooBusy, TooHeavy, store_mark
from tenure.metrics.questions.walks import (
    Return,
    Seen,
    Walk,
    first_period,
    funnel_found,
    laid_out,
    seen_found,
)

__all__ = [
    "GRAINS",
    "MEASURES",
    "OPERATORS",
    "SPLITS",
    "Answer",
    "Features",
    "Filter",
    "Limits",
    "LiveStore",
    "Question",
    "Return",
    "Seen",
    "TooBusy",
    "TooHeavy",
    "Walk",
    "answer",
    "features_in_force",
    "first_period",
    "funnel_found",
    "laid_out",
    "seen_found",
    "store_mark",
]
