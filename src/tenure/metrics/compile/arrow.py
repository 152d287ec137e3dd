"""Base tables as Arrow schemas."""

from collections.abc import Mapping

import pyarrow as pa

_TYPES = {"int64": pa.int64(), "float64": pa.float64(), "string": pa.string()}


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of a base table."""
    return pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])
