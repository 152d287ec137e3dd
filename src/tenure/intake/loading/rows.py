"""Loading one table row by row in chunks: read cells, write through the room's bulk service."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenure.accounts.services import account_link_parents
from tenure.core import reasons
from tenure.core.facts import Written
from tenure.intake.loading.cells import BadCell, custom, is_blank
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.rejects import Refusals
from tenure.intake.loading.report import Progress
from tenure.intake.loading.scan import Scan
from tenure.intake.loading.sources import Record

CHUNK = 5_000


@dataclass
class Tally:
    """Counts of one feed so far. `read`: rows that read well and were to be written."""

    read: int = 0
    loaded: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Terms:
    """How a load records: at which time, and whether as a history."""

    at: datetime
    history: bool


@dataclass
class Parents:
    """Accounts and the parents their rows name, put together once all accounts are there."""

    named: dict[str, tuple[str, int]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)


class CellError(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


class RowReader:
    """Turns records of one feed into rows of its table."""

    def __init__(self, feed: Feed, scan: Scan) -> None:
        table = feed.table
        self._columns = [(c, i, table.columns[c], c in table.required) for c, i in feed.known]
        self._custom = [(c, i, custom(scan.kinds.get(c, ""))) for c, i in feed.custom]
        self._make: Callable[..., Any] = table.row
        self._check = table.check
        self.given = frozenset(c for c, _i in feed.known) | set(table.required)

    def read(self, record: Record) -> Any:
        """The row of a record, or `CellError`."""
        if record.problem:
            raise CellError("", record.cells[0], record.problem)
        values: dict[str, Any] = {}
        for column, index, parse, required in self._columns:
            cell = record.cells[index]
            if is_blank(cell):
                if required:
                    raise CellError(column, cell, reasons.EMPTY)
                continue
            values[column] = _parsed(column, cell, parse)
        if self._custom:
            values["custom"] = {
                column: None if is_blank(record.cells[i]) else _parsed(column, record.cells[i], p)
                for column, i, p in self._custom
            }
        row = self._make(**values)
        if fault := self._check(row):
            raise CellError(fault[0], getattr(row, fault[0]), fault[1])
        return row


def _parsed(column: str, cell: Any, parse: Callable[[Any], Any]) -> Any:
    if isinstance(cell, BadCell):
        raise CellError(column, cell.value, cell.reason)
    try:
        return parse(cell)
    except (ValueError, ArithmeticError) as error:
        raise CellError(column, cell, str(error)) from None


def load_rows(
    feed: Feed, scan: Scan, first: int, terms: Terms, rejects: Refusals, progress: Progress
) -> tuple[Tally, int]:
    """Load a feed. `first`: the place of its first row among the table's. Returns the counts and
    the place after its last row.
    """
    reader, tally, parents = RowReader(feed, scan), Tally(), Parents()
    place = first
    for chunk in _chunks(feed.source.records()):
        lines: list[int] = []
        rows: list[Any] = []
        for record in chunk:
            if scan.is_repeat(place):
                tally.unchanged += 1
            elif winner := scan.doubles.get(place):
                _told_double(feed, record, winner, rejects)
            else:
                _take(reader, record, rows, lines, rejects)
            place += 1
        tally.read += len(rows)
        _write(feed, reader, rows, lines, terms, tally, parents, rejects)
        progress(feed.table.name, feed.source.done, feed.source.size)
    _link(parents, terms, tally, rejects)
    return tally, place


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    for record in records:
        chunk.append(record)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _told_double(feed: Feed, record: Record, winner: int, rejects: Refusals) -> None:
    column = feed.table.key[0]
    cell = record.cells[list(feed.source.columns).index(column)]
    reason = reasons.LATER_LINE % {"line": winner, "columns": ", ".join(feed.table.key)}
    rejects.add(record.line, column, cell, reason)


def _take(
    reader: RowReader, record: Record, rows: list[Any], lines: list[int], rejects: Refusals
) -> None:
    try:
        rows.append(reader.read(record))
        lines.append(record.line)
    except CellError as error:
        rejects.add(record.line, error.column, error.value, error.reason)


def _write(
    feed: Feed,
    reader: RowReader,
    rows: Sequence[Any],
    lines: Sequence[int],
    terms: Terms,
    tally: Tally,
    parents: Parents,
    rejects: Refusals,
) -> None:
    if not rows or feed.table.write is None:
        return
    given = reader.given
    with_parents = feed.table.name == "accounts" and "parent_id" in given
    if with_parents:
        given -= {"parent_id"}
    done: Written = feed.table.write(rows=rows, given=given, at=terms.at, history=terms.history)
    tally.loaded += done.loaded
    tally.unchanged += done.unchanged
    for reject in done.rejected:
        rejects.add(lines[reject.row], reject.column, reject.value, reject.reason)
    if with_parents:
        pairs = zip(rows, lines, strict=True)
        parents.named.update((row.id, (row.parent_id, line)) for row, line in pairs)
        parents.written.update(rows[place].id for place in done.changed)
        parents.created.update(rows[place].id for place in done.created)


def _link(parents: Parents, terms: Terms, tally: Tally, rejects: Refusals) -> None:
    """Parents last: one may stand on a later line than its child."""
    if not parents.named:
        return
    wanted = {name: parent for name, (parent, _line) in parents.named.items()}
    done = account_link_parents(parents=wanted, created=parents.created, at=terms.at)
    only_parent = len(done.changed - parents.written)
    tally.loaded += only_parent
    tally.unchanged -= only_parent
    for name, reason in done.refused.items():
        parent, line = parents.named[name]
        rejects.add(line, "parent_id", parent, reason)
