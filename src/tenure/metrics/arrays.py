"""Arrays as bytes for a column of the database, and back: a compressed Arrow table."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


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
