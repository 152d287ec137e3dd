"""A list as CSV that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenure.web.listing.columns import Column
from tenure.web.listing.rows import Row

FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r", "\n")
"""Wide ones begin formulas where Chinese or Japanese is typed."""


def safe_cell(value: Any) -> str:
    """A value as text; text that a spreadsheet would take for a formula gets a leading quote."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool | int | float):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


class Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    """The export line by line: id and name, then the chosen columns."""
    writer = csv.writer(Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(
        ["id", "name", *(column.key.removeprefix("m.") for column in columns)]
    )
    for row in rows:
        cells = [row.account.external_id, row.account.name, *(c.text(row) for c in columns)]
        yield writer.writerow([safe_cell(cell) for cell in cells])
