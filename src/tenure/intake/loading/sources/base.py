"""What every source gives: its columns, and records with the line each stands on."""

import gzip
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tenure.intake import refusals
from tenure.intake.loading.report import LoadRefused

LINE_LIMIT = 4_000_000


class Record(NamedTuple):
    """One row: a cell for each column of the source; or, with a `problem`, the row's text alone."""

    line: int
    cells: Sequence[Any]
    problem: str = ""


class Source(Protocol):
    """A file being read, of `size` bytes."""

    path: Path
    columns: tuple[str, ...]
    size: int

    @property
    def done(self) -> int:
        """Bytes read so far."""
        ...

    def records(self) -> Iterator[Record]:
        """The rows from the beginning, one by one."""
        ...


class Bytes(io.BufferedReader):
    """The content of a file, plain or gzip, that knows how much of the file it took."""

    def __init__(self, path: Path) -> None:
        self._plain = path.open("rb")
        packed = path.suffix.lower() == ".gz"
        inner: Any = gzip.GzipFile(fileobj=self._plain) if packed else self._plain
        super().__init__(inner, 1 << 18)

    def position(self) -> int:
        """Bytes of the file on disk read so far."""
        return self._plain.tell()

    def close(self) -> None:
        """Let go of the file, also of the one below the gzip."""
        super().close()
        self._plain.close()


def open_bytes(path: Path) -> Bytes:
    """Open a file for reading."""
    return Bytes(path)


class ByteLines:
    """The lines of a file as bytes with their numbers; an overlong line is cut."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_bytes(path)
        self.number = 0

    @property
    def done(self) -> int:
        """Bytes of the file read so far."""
        return self._file.position()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def next_line(self) -> tuple[int, bytes, bool]:
        """Number, bytes (empty at the end) and whether the line was cut for its length."""
        try:
            line = self._file.readline(LINE_LIMIT)
            cut = len(line) == LINE_LIMIT and not line.endswith(b"\n")
            if cut:
                while rest := self._file.readline(LINE_LIMIT):
                    if rest.endswith(b"\n"):
                        break
        except (EOFError, gzip.BadGzipFile, OSError) as error:
            told = {"file": self.path.name, "error": error}
            raise BrokenFile(refusals.BROKEN_OFF % told) from error
        if line:
            self.number += 1
        if self.number == 1:
            line = _without_bom(self.path, line)
        return self.number, line, cut


class BrokenFile(LoadRefused):
    """A compressed file that ends too early or is none."""

    def __init__(self, sentence: str) -> None:
        super().__init__([sentence])


def _without_bom(path: Path, line: bytes) -> bytes:
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LoadRefused([refusals.UTF16 % {"file": path.name}])
    return line.removeprefix(b"\xef\xbb\xbf")
