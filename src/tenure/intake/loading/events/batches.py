"""Events of any source as batches of text columns, with the line of each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tenure.intake.loading.cells import BadCell
from tenure.intake.loading.events.blocks import Block, blocks
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.sources import Record
from tenure.intake.loading.sources.csv import CsvSource, TextLines, read_rows
from tenure.intake.loading.sources.parquet import ParquetSource

ROWS = 160_000
COLUMNS = (
    "event",
    "timestamp",
    "user_id",
    "account_id",
    "anonymous_id",
    "message_id",
    "properties",
)


@dataclass(frozen=True)
class Batch:
    """`table`: the columns above, all text; `lines`: where each row stands; `broken`: records
    that are no rows at all.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    broken: Sequence[Record] = ()


def batches(feed: Feed) -> Iterator[Batch]:
    """The feed's events, the quickest way its format allows."""
    if isinstance(feed.source, CsvSource):
        yield from _of_csv(feed.source)
    elif isinstance(feed.source, ParquetSource):
        yield from _of_parquet(feed.source)
    else:
        yield from _of_records(feed.source.records(), feed.source.columns)


def _of_csv(source: CsvSource) -> Iterator[Batch]:
    for block in blocks(source):
        table = block.parsed(source.columns)
        if table is None:
            lines = TextLines(None, block.text_lines(), block.first_line)
            rows = read_rows(lines, len(source.columns), source.parted_by)
            yield from _of_records(rows, source.columns)
        else:
            yield Batch(_complete(table), _lines(block, table))


def _lines(block: Block, table: pa.Table) -> npt.NDArray[np.int64]:
    """The line on which each row starts: rows before it, and line ends within their cells."""
    within = np.zeros(table.num_rows, dtype=np.int64)
    if block.line_count != table.num_rows:
        for column in table.columns:
            counts = pc.fill_null(pc.count_substring(column, "\n"), 0)
            within += counts.to_numpy(zero_copy_only=False)
    before = np.concatenate(([0], np.cumsum(within)[:-1])) if len(within) else within
    return np.asarray(block.first_line + np.arange(table.num_rows, dtype=np.int64) + before)


def _of_parquet(source: ParquetSource) -> Iterator[Batch]:
    first = 1
    for batch in source.batches(ROWS):
        table = pa.table([_as_text(column) for column in batch.columns], names=list(source.columns))
        lines = np.arange(first, first + table.num_rows, dtype=np.int64)
        first += table.num_rows
        yield Batch(_complete(table), lines)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_timestamp(column.type) and column.type.tz is None:
        column = column.cast(pa.timestamp("us", "UTC"), safe=False)
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column.cast(pa.timestamp("us", "UTC"), safe=False), "%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.array([_text(value) for value in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _of_records(records: Iterator[Record], columns: Sequence[str]) -> Iterator[Batch]:
    rows: list[Sequence[Any]] = []
    lines: list[int] = []
    broken: list[Record] = []
    for record in records:
        if record.problem:
            broken.append(record)
        elif bad := next((c for c in record.cells if isinstance(c, BadCell)), None):
            broken.append(Record(record.line, [bad.value], bad.reason))
        else:
            rows.append(record.cells)
            lines.append(record.line)
        if len(rows) == ROWS // 2 or len(broken) == ROWS // 2:
            yield _batch(rows, lines, broken, columns)
            rows, lines, broken = [], [], []
    yield _batch(rows, lines, broken, columns)


def _batch(
    rows: list[Sequence[Any]], lines: list[int], broken: list[Record], columns: Sequence[str]
) -> Batch:
    cells = zip(*rows, strict=True) if rows else ([] for _column in columns)
    arrays = [pa.array([_text(cell) for cell in column], pa.string()) for column in cells]
    table = _complete(pa.table(arrays, names=list(columns)))
    return Batch(table, np.array(lines, dtype=np.int64), tuple(broken))


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return cell if cell.isascii() else _sound(cell)
    if isinstance(cell, bytes):
        return "\0"
    if isinstance(cell, (bool, dict, list)):
        return msgspec.json.encode(cell).decode()
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _sound(cell: str) -> str:
    """Lone surrogates are bytes that were no UTF-8; NUL stands for them, which is refused."""
    return "".join("\0" if "\ud800" <= c <= "\udfff" else c for c in cell)


def _complete(table: pa.Table) -> pa.Table:
    """All columns in their order; those the source lacks are null."""
    nulls = pa.nulls(table.num_rows, pa.string())
    columns = [table[c] if c in table.column_names else nulls for c in COLUMNS]
    return pa.table(columns, names=list(COLUMNS))
