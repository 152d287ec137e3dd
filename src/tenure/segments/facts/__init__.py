"""What is known of every account at the end of a day: one module for each kind of source."""

from tenure.segments.facts.known import Known

__all__ = ["Known"]
