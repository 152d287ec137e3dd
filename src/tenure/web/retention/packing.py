"""Arrays as bytes for a column of the database, and back: a compressed Arrow table."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tenure.engine.retention import Spans, Steps

Ints = NDArray[np.int64]
OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")
STEPS = ("account", "at", "cause", "units")
SPANS = ("account", "started", "lost")


def packed(columns: Mapping[str, Ints]) -> bytes:
    """Columns of equal length as one Arrow stream."""
    table = pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=OPTIONS) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(body: bytes | memoryview) -> dict[str, Ints]:
    """The inverse of `packed`."""
    table = pa.ipc.open_stream(pa.py_buffer(body)).read_all()
    return {name: table[name].to_numpy() for name in table.column_names}


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
