"""The books of success managers: hours needed and had, how fairly shared, and a fairer sharing."""

from tenure.engine.books.fairness import gini
from tenure.engine.books.naming import Client, Naming, named
from tenure.engine.books.program import Aim, Holding, Keeper
from tenure.engine.books.rebalancing import Move, Proposal, eligible, rebalance
from tenure.engine.books.workload import LEVELS, Workload, load_of

__all__ = [
    "LEVELS",
    "Aim",
    "Client",
    "Holding",
    "Keeper",
    "Move",
    "Naming",
    "Proposal",
    "Workload",
    "eligible",
    "gini",
    "load_of",
    "named",
    "rebalance",
]
