"""Rows and events that were not taken, narrowed by the query string."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from tenure.intake.models import Reject
from tenure.web.listing.export import safe_cell
from tenure.web.whole import whole

# What a door is called in the rows, to be translated when it is shown.
DOORS = (gettext_noop("file"), gettext_noop("tracking"))
COLUMNS = ("at", "door", "table", "load", "line", "column", "value", "reason")


@dataclass(frozen=True)
class RejectFilters:
    """Door, table and load as given; "" leaves one off. `day`: rejected on that day."""

    door: str = ""
    table: str = ""
    load: str = ""
    day: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "RejectFilters":
        """Take what is understood from a query string."""
        load = query.get("load", "")
        day = query.get("day", "")
        return cls(
            door=_word(query.get("door", "")),
            table=_word(query.get("table", "")),
            load=load if whole(load) is not None else "",
            day=day if _as_day(day) else "",
        )

    @property
    def is_set(self) -> bool:
        return any((self.door, self.table, self.load, self.day))

    def rows(self) -> QuerySet[Reject]:
        """The rejects that pass, newest first."""
        found = Reject.objects.order_by("-at", "-pk")
        if self.door:
            found = found.filter(door=self.door)
        if self.table:
            found = found.filter(table=self.table)
        if self.load:
            found = found.filter(load=whole(self.load))
        day = _as_day(self.day)
        if day is not None:
            found = found.filter(at__date__gte=day, at__date__lt=day + timedelta(days=1))
        return found


def _word(text: str) -> str:
    return text.strip().replace("\x00", "")[:40]


def _as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class _Line:
    def write(self, text: str) -> str:
        return text


def reject_lines(rows: QuerySet[Reject]) -> Iterator[str]:
    """The rejects as CSV, with nothing in it that a spreadsheet would run."""
    writer = csv.writer(_Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(COLUMNS)
    for row in rows.iterator(chunk_size=2000):
        cells = (
            row.at,
            row.door,
            row.table,
            row.load_id,
            row.line,
            row.column,
            row.value,
            row.reason,
        )
        yield writer.writerow([safe_cell(cell) for cell in cells])
