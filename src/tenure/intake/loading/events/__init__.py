"""Loading events: in Arrow batches, checked by DuckDB, rows touched one by one only when bad."""

from tenure.intake.loading.events.load import load_events

__all__ = ["load_events"]
