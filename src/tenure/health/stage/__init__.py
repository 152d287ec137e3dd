"""The refresh stage `health`: scores of every week that is owed."""

from tenure.health.stage.run import health_refresh

__all__ = ["health_refresh"]
