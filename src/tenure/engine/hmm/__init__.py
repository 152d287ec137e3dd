"""Relationship states behind what is observed, and how encounters move accounts between them.

An input-driven hidden Markov model after O. Netzer, J. M. Lattin and V. Srinivasan (2008), "A
hidden Markov model of customer relationship dynamics", Marketing Science 27(2), 185-204.
"""

from tenure.engine.hmm.choosing import Choice, choose, fold_of
from tenure.engine.hmm.emissions import Emissions
from tenure.engine.hmm.fitting import Fitted, Settings, fit
from tenure.engine.hmm.model import Model
from tenure.engine.hmm.moves import Moves
from tenure.engine.hmm.sequences import BERNOULLI, GAUSSIAN, POISSON, Measure, Sequences

__all__ = [
    "BERNOULLI",
    "GAUSSIAN",
    "POISSON",
    "Choice",
    "Emissions",
    "Fitted",
    "Measure",
    "Model",
    "Moves",
    "Sequences",
    "Settings",
    "choose",
    "fit",
    "fold_of",
]
