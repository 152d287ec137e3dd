"""Files read row by row, whatever their format."""

from pathlib import Path

from tenure.intake import refusals
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources.base import Record, Source
from tenure.intake.loading.sources.csv import CsvSource
from tenure.intake.loading.sources.jsonl import JsonLinesSource
from tenure.intake.loading.sources.parquet import ParquetSource

FORMATS: dict[str, type[CsvSource | JsonLinesSource | ParquetSource]] = {
    ".csv": CsvSource,
    ".csv.gz": CsvSource,
    ".jsonl": JsonLinesSource,
    ".jsonl.gz": JsonLinesSource,
    ".ndjson": JsonLinesSource,
    ".ndjson.gz": JsonLinesSource,
    ".parquet": ParquetSource,
}

__all__ = ["FORMATS", "Record", "Source", "open_source", "split_name"]


def split_name(name: str) -> tuple[str, str]:
    """A file name's stem and its format ("" when it is none that is read)."""
    for suffix in sorted(FORMATS, key=len, reverse=True):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


def open_source(path: Path) -> Source:
    """The source of a file; refuses one that cannot be read at all."""
    suffix = split_name(path.name)[1]
    try:
        return FORMATS[suffix](path)
    except OSError as error:
        told = {"file": path.name, "error": error.strerror or error}
        raise LoadRefused([refusals.UNREADABLE % told]) from error
