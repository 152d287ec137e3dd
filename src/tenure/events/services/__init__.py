"""Writes of events and identity. Everything here may be interrupted and run again."""

from tenure.events.services.compact import store_compact, store_sweep
from tenure.events.services.erase import (
    EraseResult,
    erasure_begin,
    erasure_finish,
    erasures_resume,
    person_erase,
)
from tenure.events.services.identity import IdentityResult, identity_apply
from tenure.events.services.ingest import IngestResult, RowRejected, events_ingest
from tenure.events.services.messages import (
    DrainResult,
    MessagesResult,
    inbox_drain,
    messages_ingest,
)
from tenure.events.services.reattribute import events_reattribute

__all__ = [
    "DrainResult",
    "EraseResult",
    "IdentityResult",
    "IngestResult",
    "MessagesResult",
    "RowRejected",
    "erasure_begin",
    "erasure_finish",
    "erasures_resume",
    "events_ingest",
    "events_reattribute",
    "identity_apply",
    "inbox_drain",
    "messages_ingest",
    "person_erase",
    "store_compact",
    "store_sweep",
]
