"""From a row of the inbox to messages, whatever dialect it was sent in."""

from tenure.events.inbox import posthog, segment
from tenure.events.inbox.base import InboxRow
from tenure.events.messages import Message


def parse(row: InboxRow) -> list[Message]:
    """The row's messages in their order; reading a row twice gives the same ids twice."""
    if row.dialect == "posthog":
        return posthog.messages(row)
    return segment.messages(row)
