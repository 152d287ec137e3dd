"""Writes of events and identity. Everything here may be interrupted and run again."""

from tenure.events.services.identity import IdentityResult, identity_apply
from tenure.events.services.ingest import IngestResult, RowRejected, events_ingest

__all__ = [
    "IdentityResult",
    "IngestResult",
    "RowRejected",
    "events_ingest",
    "identity_apply",
]
