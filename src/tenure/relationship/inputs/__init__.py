"""What the clauses ask for, gathered as it was known at the end of each week."""

from tenure.relationship.inputs.gather import Gathered, gather

__all__ = ["Gathered", "gather"]
