"""JSON Lines: an object a line; the columns are the keys of all lines together."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tenure.core import reasons
from tenure.intake import refusals
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources.base import ByteLines, Record
from tenure.intake.loading.sources.csv import decode

KEY_LIMIT = 1_000


class JsonLinesSource:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.done = 0
        seen: dict[str, None] = {}
        for _line, row, _problem in self._objects():
            if isinstance(row, dict) and not row.keys() <= seen.keys():
                seen.update(dict.fromkeys(row))
                if len(seen) > KEY_LIMIT:
                    raise LoadRefused(
                        [refusals.MANY_KEYS % {"file": path.name, "most": f"{KEY_LIMIT:,}"}]
                    )
        self.columns = tuple(seen)

    def records(self) -> Iterator[Record]:
        """The objects, as a cell for each key; a key an object lacks is an empty cell."""
        columns = self.columns
        for line, row, problem in self._objects():
            if isinstance(row, dict):
                yield Record(line, [row.get(c) for c in columns])
            else:
                yield Record(line, [row], problem)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any] | str, str]]:
        lines = ByteLines(self.path)
        parse = msgspec.json.Decoder(dict[str, Any]).decode
        try:
            while True:
                number, line, cut = lines.next_line()
                if not line:
                    break
                self.done = lines.done if number % 1000 == 0 else self.done
                if cut:
                    yield number, decode(line), reasons.LONG_LINE
                elif not line.isspace():
                    try:
                        yield number, parse(line), ""
                    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                        yield number, decode(line).rstrip("\r\n"), reasons.LINE_NOT_OBJECT
        finally:
            lines.close()
        self.done = self.size
