"""Steps and spans as bytes for a column of the database, and back."""

from tenure.engine.retention import Spans, Steps
from tenure.metrics.arrays import packed, unpacked

STEPS = ("account", "at", "cause", "units")
SPANS = ("account", "started", "lost")


def steps_packed(steps: Steps) -> bytes:
    """Steps as bytes."""
    return packed({name: getattr(steps, name) for name in STEPS})


def steps_unpacked(body: bytes | memoryview) -> Steps:
    """The inverse of `steps_packed`."""
    columns = unpacked(body)
    return Steps(*(columns[name] for name in STEPS))


def spans_packed(spans: Spans) -> bytes:
    """Spans with their marks as bytes."""
    return packed({name: getattr(spans, name) for name in SPANS} | dict(spans.marks))


def spans_unpacked(body: bytes | memoryview) -> Spans:
    """The inverse of `spans_packed`."""
    columns = unpacked(body)
    marks = {name: values for name, values in columns.items() if name not in SPANS}
    return Spans(columns["account"], columns["started"], columns["lost"], marks)
