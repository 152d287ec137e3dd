"""The durable inbox: what the tracking door took and the worker has not yet stored.

One row per accepted request. The door appends in groups (one commit for all that waited), the
worker claims rows, stores their messages and acknowledges them. A worker that dies between the
two leaves the rows to the next; message ids make the second reading harmless.
"""

from tenure.events.inbox.base import Entry, InboxRow, InboxUnavailable, RejectedEvent
from tenure.events.inbox.parsing import parse
from tenure.events.inbox.service import (
    ack,
    append,
    claim,
    close,
    depth,
    read,
    redact,
    rejects_delete,
    rejects_read,
    release,
)

__all__ = [
    "Entry",
    "InboxRow",
    "InboxUnavailable",
    "RejectedEvent",
    "ack",
    "append",
    "claim",
    "close",
    "depth",
    "parse",
    "read",
    "redact",
    "rejects_delete",
    "rejects_read",
    "release",
]
