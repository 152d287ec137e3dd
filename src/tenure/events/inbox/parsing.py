"""From a row of the inbox to messages, whatever dialect it was sent in."""

import logging

import msgspec

from tenure.events.inbox import posthog, segment
from tenure.events.inbox.base import InboxRow
from tenure.events.messages import Message

_log = logging.getLogger(__name__)


def parse(row: InboxRow) -> list[Message]:
    """The row's messages in their order; reading a row twice gives the same ids twice.

    The door let only readable rows in. One that has become unreadable is logged and gives
    nothing, because raising here would stop every row behind it.
    """
    try:
        return posthog.messages(row) if row.dialect == "posthog" else segment.messages(row)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _log.exception("Row %s of the inbox cannot be read; its events are lost.", row.id)
        return []
