"""What the door makes of a request: taken, stored as a row, read back as messages."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from tenure.events.inbox import InboxRow, RejectedEvent, parse
from tenure.events.messages import Message
from tenure.intake.tracking import posthog, segment

RECEIVED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    messages: list[Message]
    rejects: tuple[RejectedEvent, ...]
    payload: bytes
    key: str | None
    n_events: int

    @property
    def only(self) -> Message:
        assert len(self.messages) == 1, self
        return self.messages[0]

    @property
    def fault(self) -> RejectedEvent:
        assert len(self.rejects) == 1, self
        return self.rejects[0]


def _send(dialect, take, call, body):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    taken = take(call, text, RECEIVED)
    row = InboxRow(7, dialect, call, taken.payload, 1, RECEIVED, taken.n_events)
    messages = parse(row)
    assert len(messages) == taken.n_events
    return Outcome(messages, taken.rejects, taken.payload, taken.key, taken.n_events)


def to_segment(call, body):
    return _send("segment", segment.take, call, body)


def to_posthog(call, body):
    return _send("posthog", posthog.take, call, body)


def batch(*events, **rest):
    return to_segment("batch", {"batch": list(events), **rest})


def track(**fields):
    return {"type": "track", "event": "report opened", "userId": "u1"} | fields


def captures(*events, **rest):
    return to_posthog("batch", {"api_key": "k", "batch": list(events), **rest})


def capture(**fields):
    return {"event": "report opened", "distinct_id": "u1", "properties": {}} | fields
