"""The refresh stage `relationship`: clauses and levels of every week that is owed."""

from tenure.relationship.stage.run import relationship_refresh

__all__ = ["relationship_refresh"]
