"""Questions asked of the event store while somebody waits: within limits of time and memory."""

from tenure.metrics.questions.answering import Answer, answer
from tenure.metrics.questions.asked import GRAINS, MEASURES, OPERATORS, SPLITS, Filter, Question
from tenure.metrics.questions.features import Features, features_in_force
from tenure.metrics.questions.live import Limits, LiveStore, TooBusy, TooHeavy, store_mark
from tenure.metrics.questions.walks import Return, Walk, comeback_found, funnel_found

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
    "TooBusy",
    "TooHeavy",
    "Walk",
    "answer",
    "comeback_found",
    "features_in_force",
    "funnel_found",
    "store_mark",
]
