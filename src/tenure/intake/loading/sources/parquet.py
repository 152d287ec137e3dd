"""Parquet: typed columns, read batch by batch. The line of a row is its place in the file."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tenure.intake import refusals
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources.base import Record

BATCH = 5_000


class ParquetSource:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.done = 0
        try:
            with pq.ParquetFile(path) as file:
                self.columns = tuple(file.schema_arrow.names)
                self._rows = max(file.metadata.num_rows, 1)
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise LoadRefused([refusals.NOT_PARQUET % {"file": path.name}]) from error

    def records(self) -> Iterator[Record]:
        """The rows, a Python value for each cell."""
        line = 0
        for batch in self.batches(BATCH):
            columns = [_values(column) for column in batch.columns]
            for row in zip(*columns, strict=True):
                line += 1
                yield Record(line, row)

    def batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow batches."""
        read = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=rows):
                    read += batch.num_rows
                    self.done = self.size * read // self._rows
                    yield batch
        except (pa.ArrowException, OSError) as error:
            told = {"file": self.path.name, "error": error}
            raise LoadRefused([refusals.BROKEN_OFF % told]) from error


def _values(column: pa.Array) -> list[object]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[object] = column.to_pylist()
    return values
