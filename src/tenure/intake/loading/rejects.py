"""What could not be taken: all of it in a file beside the source, the first in the database."""

import csv
import os
import tempfile
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from tenure.core import clock
from tenure.intake.models import Load, Reject

CAP = 1_000
VALUE_LIMIT = 200
HEADER = ("line", "column", "value", "reason")


class Refusals(Protocol):
    """Whoever is told what could not be taken, and why."""

    def add(self, line: int, column: str, value: object, reason: str) -> None:
        """One cell or row that was not taken."""
        ...


class Rejects:
    """The rejects of one feed. The file appears with the first of them; without any, one that an
    earlier load left is taken away.
    """

    def __init__(self, load: Load, table: str, folder: Path, name: str) -> None:
        self.load = load
        self.table = table
        self.folder = folder
        self.name = name
        self.count = 0
        self._rows: list[Reject] = []
        self._file: Any = None
        self._temporary: Path | None = None

    @property
    def path(self) -> str:
        """Where the file is, "" when there is none."""
        return str(self.folder / self.name) if self.count else ""

    def add(self, line: int, column: str, value: object, reason: str) -> None:
        """Keep one reject."""
        shown = shown_value(value)
        self.count += 1
        if self._file is None:
            self._open()
        self._writer.writerow((line, defused(column), defused(shown), reason))
        if self.count <= CAP:
            self._rows.append(
                Reject(
                    load=self.load,
                    door="file",
                    table=self.table,
                    at=clock.now(),
                    line=line,
                    column=column[:200],
                    value=shown,
                    reason=reason[:500],
                )
            )

    def _open(self) -> None:
        try:
            handle, name = tempfile.mkstemp(".tmp", f".{self.name}.", self.folder)
        except OSError:
            self.folder = Path(settings.HOME) / "rejects" / str(self.load.pk)
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(".tmp", f".{self.name}.", self.folder)
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)

    def close(self) -> None:
        """Put the file in its place and the rows in the database."""
        Reject.objects.bulk_create(self._rows)
        self._rows = []
        if self._file is not None and self._temporary is not None:
            self._file.close()
            # a rename replaces a link of that name instead of writing where it points
            self._temporary.replace(self.folder / self.name)
            self._file = None
        elif self.count == 0:
            try:
                (self.folder / self.name).unlink(missing_ok=True)
            except OSError:
                return


def shown_value(value: object) -> str:
    """A value as text that every database and editor takes, cut when long."""
    plain = value if isinstance(value, str) else "" if value is None else str(value)
    plain = plain[: VALUE_LIMIT + 1].replace("\0", "␀")
    plain = plain.encode(errors="surrogateescape").decode(errors="replace")
    return plain if len(plain) <= VALUE_LIMIT else f"{plain[: VALUE_LIMIT - 1]}…"


def defused(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
