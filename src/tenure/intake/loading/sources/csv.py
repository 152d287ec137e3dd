"""CSV: a header, then rows; a broken row costs itself only, never those after it.

Cells are parted by commas; where a header has none, by the semicolons or tabs it has instead.
"""

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from tenure.core import reasons
from tenure.intake import refusals
from tenure.intake.loading.cells import CELL_LIMIT
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources.base import ByteLines, Record

csv.field_size_limit(CELL_LIMIT)
_REASONS = {
    "unexpected end of data": reasons.OPEN_QUOTE,
    "',' expected": reasons.QUOTE_AND_COMMA,
    "';' expected": reasons.QUOTE_AND_SEMICOLON,
    "'\t' expected": reasons.QUOTE_AND_TAB,
    "field larger than field limit": reasons.LARGE_CELL % {"most": f"{CELL_LIMIT:,}"},
}
COMMA = ","
INSTEAD = (";", "\t")


class CsvSource:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.done = 0
        self.parted_by = COMMA
        self.columns = self._header(COMMA)
        if len(self.columns) == 1:
            for mark in INSTEAD:
                if mark in self.columns[0]:
                    self.parted_by, self.columns = mark, self._header(mark)
                    break

    def _header(self, mark: str) -> tuple[str, ...]:
        lines = TextLines(self.path)
        try:
            header = next(csv.reader(lines, delimiter=mark, strict=True), [])
        except (csv.Error, _Overlong):
            raise LoadRefused([refusals.NO_HEADER % {"file": self.path.name}]) from None
        finally:
            lines.close()
        names = tuple(name.strip() for name in header)
        if not all(_is_text(name) for name in names):
            raise LoadRefused([refusals.NOT_UTF8 % {"file": self.path.name}])
        return names

    def read_to(self, position: int) -> None:
        """Note how far the file was read by somebody who reads it whole blocks at a time."""
        self.done = min(position, self.size)

    def records(self) -> Iterator[Record]:
        """The rows after the header."""
        lines = TextLines(self.path)
        try:
            next(csv.reader(lines, delimiter=self.parted_by, strict=True), None)
            rows = read_rows(lines, len(self.columns), self.parted_by)
            for count, record in enumerate(rows):
                if count % 1_000 == 0:
                    self.done = lines.done
                yield record
        finally:
            lines.close()
        self.done = self.size


def _is_text(name: str) -> bool:
    return "\0" not in name and not any("\ud800" <= c <= "\udfff" for c in name)


class _Overlong(Exception):
    """A line longer than any row may be."""


class TextLines:
    """Decoded lines that can be put back; bytes that are no UTF-8 become lone surrogates."""

    def __init__(self, path: Path | None, lines: list[str] | None = None, first: int = 1) -> None:
        self._bytes = ByteLines(path) if path else None
        self._waiting = deque(enumerate(lines or [], first))
        self.taken: list[tuple[int, str]] = []

    @property
    def done(self) -> int:
        """Bytes of the file read so far."""
        return self._bytes.done if self._bytes else 0

    def close(self) -> None:
        """Let go of the file."""
        if self._bytes:
            self._bytes.close()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        cut = False
        if self._waiting:
            number, text = self._waiting.popleft()
        elif self._bytes:
            number, line, cut = self._bytes.next_line()
            text = decode(line)
        else:
            text = ""
        if not text:
            raise StopIteration
        self.taken.append((number, text))
        if cut:
            raise _Overlong
        return text

    def put_back_all_but_first(self) -> tuple[int, str]:
        """Take the first line since the last row as lost; the others are read again."""
        first, *others = self.taken
        self._waiting.extendleft(reversed(others))
        return first


def decode(line: bytes) -> str:
    """UTF-8 text; bytes that are none show as lone surrogates, which cells refuse by name."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode(errors="surrogateescape")


def read_rows(lines: TextLines, width: int, mark: str = COMMA) -> Iterator[Record]:
    """Rows of `width` cells; what does not read as one is a record with its problem."""
    reader = csv.reader(lines, delimiter=mark, strict=True)
    while True:
        lines.taken = []
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Overlong) as error:
            number, text = lines.put_back_all_but_first()
            yield Record(number, [text.rstrip("\r\n")], _reason(error))
            continue
        if len(row) == width:
            yield Record(lines.taken[0][0], row)
        elif row:
            problem = reasons.CELLS_AND_HEADER % {"cells": len(row), "header": width}
            yield Record(lines.taken[0][0], [mark.join(row)], problem)


def _reason(error: Exception) -> str:
    if isinstance(error, _Overlong):
        return reasons.LONG_LINE
    known = (reason for start, reason in _REASONS.items() if str(error).startswith(start))
    return next(known, reasons.NOT_CSV)
