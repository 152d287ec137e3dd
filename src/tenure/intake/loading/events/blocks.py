"""A large CSV file in blocks that end between two rows, each parsed by Arrow in one go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv

from tenure.intake.loading.sources.base import open_bytes
from tenure.intake.loading.sources.csv import COMMA, CsvSource, decode

SIZE = 16 * 1024 * 1024
_QUOTE, _LINE_END = ord('"'), ord("\n")


@dataclass(frozen=True)
class Block:
    """Whole rows of a file. `sound`: it ends outside of a quoted cell."""

    content: bytes
    first_line: int
    sound: bool
    parted_by: str = COMMA

    @property
    def line_count(self) -> int:
        """Lines of text, which are more than the rows when cells hold line ends."""
        return self.content.count(b"\n") + (not self.content.endswith(b"\n"))

    def text_lines(self) -> list[str]:
        """The lines, for the careful reader."""
        return [decode(line) for line in self.content.splitlines(keepends=True)]

    def parsed(self, columns: Sequence[str]) -> pa.Table | None:
        """The rows as text columns; None when some row needs the careful reader."""
        if not self.sound or b"\n\n" in self.content or b"\n\r\n" in self.content:
            return None
        try:
            return pcsv.read_csv(
                pa.py_buffer(self.content),
                read_options=pcsv.ReadOptions(
                    column_names=list(columns), block_size=len(self.content) + 1
                ),
                parse_options=pcsv.ParseOptions(delimiter=self.parted_by, newlines_in_values=True),
                convert_options=pcsv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None


def blocks(source: CsvSource, size: int = SIZE) -> Iterator[Block]:
    """The rows after the header, some `size` bytes at a time."""
    with open_bytes(source.path) as file:
        rest = file.read(size)
        header = _header_end(rest)
        line = 1 + rest.count(b"\n", 0, header)
        rest = rest[header:]
        while True:
            more = file.read(size)
            content, last = rest + more, not more
            if not content:
                break
            cut, sound = _cut(content, last=last)
            yield Block(content[:cut], line, sound, source.parted_by)
            line += content.count(b"\n", 0, cut)
            rest = content[cut:]
            source.read_to(file.position())
            if last and not rest:
                break


def _header_end(content: bytes) -> int:
    end = 0
    while True:
        end = content.find(b"\n", end) + 1
        if end == 0:
            return len(content)
        if content.count(b'"', 0, end) % 2 == 0:
            return end


def _cut(content: bytes, *, last: bool) -> tuple[int, bool]:
    """Where the last row that is whole ends, and whether quotes pair up until there.

    Outside of quoted cells the number of quotation marks before a line end is even. A mark that
    is never closed makes it odd from there on; then the block is cut anywhere and read carefully.
    """
    marks = np.frombuffer(content, dtype=np.uint8)
    quotes, ends = np.flatnonzero(marks == _QUOTE), np.flatnonzero(marks == _LINE_END)
    if last and len(quotes) % 2 == 0:
        return len(content), True
    before = np.searchsorted(quotes, ends)
    whole = ends[before % 2 == 0]
    if len(whole):
        return int(whole[-1]) + 1, True
    if last or not len(ends):
        return len(content), False
    return int(ends[-1]) + 1, False
