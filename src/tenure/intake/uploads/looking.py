"""The look at uploaded files before anything is written: what is understood, what would be lost."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice

import msgspec
from django.db import DatabaseError, transaction

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.intake.loading import LoadRefused
from tenure.intake.loading.cells import BadCell, is_blank
from tenure.intake.loading.events import load_events
from tenure.intake.loading.headers import Feed, header_problems
from tenure.intake.loading.rejects import shown_value
from tenure.intake.loading.report import kept_message, silent
from tenure.intake.loading.rows import Tally, Terms, load_rows
from tenure.intake.loading.run import feeds_scanned
from tenure.intake.loading.scan import Scan
from tenure.intake.loading.sources import open_source
from tenure.intake.loading.tables import TABLES
from tenure.intake.models import Upload, UploadedFile
from tenure.intake.uploads.keeping import MEGA, path_of
from tenure.intake.uploads.seen import Column, Look, Refusal, kept

ROWS_SHOWN = 5
REFUSALS_SHOWN = 20
CELL_SHOWN = 60
REHEARSED = 2 * MEGA
"""Bytes up to which a look writes and takes back; it holds the database for that long."""


@dataclass
class _Heard:
    """What would be rejected, counted, the first of it kept."""

    count: int = 0
    first: list[Refusal] = field(default_factory=list)

    def add(self, line: int, column: str, value: object, reason: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < REFUSALS_SHOWN:
            self.first.append(Refusal(line, column, shown_value(value), reason))


def feed_of(file: UploadedFile) -> Feed:
    """The feed of a file that has a table; raises `LoadRefused` when it cannot be read."""
    rejects = f"{file.table}.rejected.csv"
    return Feed(TABLES[file.table], open_source(path_of(file)), file.name, rejects)


def files_in_order(upload: Upload) -> list[UploadedFile]:
    """The files that have a table, in the order tables are loaded."""
    order = list(TABLES)
    chosen = [file for file in upload.files.order_by("place") if file.table in order]
    return sorted(chosen, key=lambda file: order.index(file.table))


def look_at(upload: Upload) -> None:
    """Look at every file of an upload and note what was seen."""
    files, feeds = [], []
    looks: dict[int, Look] = {}
    for file in files_in_order(upload):
        try:
            feed = feed_of(file)
            looks[file.pk] = _first_look(feed)
        except LoadRefused as error:
            looks[file.pk] = Look(problems=tuple(error.problems))
            continue
        if not looks[file.pk].problems:
            files.append(file)
            feeds.append(feed)
    rows = sum(file.unpacked for file in files if file.table != "events")
    upload.rehearsed = rows <= REHEARSED
    try:
        for file, (tally, heard) in zip(files, _counted(upload, feeds), strict=True):
            looks[file.pk] = _with_counts(looks[file.pk], file, upload, tally, heard)
    except LoadRefused as error:
        for file in files:
            mine = tuple(problem for problem in error.problems if file.name in problem)
            looks[file.pk] = msgspec.structs.replace(looks[file.pk], problems=mine)
    for file in upload.files.all():
        file.look = kept(looks[file.pk]) if file.pk in looks else {}
        file.save(update_fields=["look"])


def _first_look(feed: Feed) -> Look:
    """Columns and first rows, and what the header gets wrong."""
    own, required = feed.table.columns, feed.table.required
    columns = tuple(
        Column(name, "required" if name in required else "known" if name in own else "custom")
        for name in feed.source.columns
    )
    if problems := header_problems(feed):
        return Look(columns=columns, problems=tuple(problems))
    sound = (record for record in feed.source.records() if not record.problem)
    rows = tuple(tuple(map(_told, record.cells)) for record in islice(sound, ROWS_SHOWN))
    return Look(columns=columns, rows=rows)


def _told(cell: object) -> str:
    value = cell.value if isinstance(cell, BadCell) else cell
    shown = "" if is_blank(value) else shown_value(value)
    return shown if len(shown) <= CELL_SHOWN else f"{shown[: CELL_SHOWN - 1]}…"


def _counted(upload: Upload, feeds: Sequence[Feed]) -> list[tuple[Tally, _Heard]]:
    """Every feed read as a load would. A rehearsal writes too, and takes all of it back."""
    if not feeds:
        return []
    if not upload.rehearsed:
        feeds = [replace(feed, table=replace(feed.table, write=None)) for feed in feeds]
    scans, terms = feeds_scanned(feeds), Terms(clock.now(), upload.history)
    places: dict[str, int] = {}
    with transaction.atomic() if upload.rehearsed else nullcontext():
        counted = [_read(feed, scans[feed.table.name], places, terms) for feed in feeds]
        if upload.rehearsed:
            transaction.set_rollback(True)
    return counted


def _read(feed: Feed, scan: Scan, places: dict[str, int], terms: Terms) -> tuple[Tally, _Heard]:
    heard, table = _Heard(), feed.table.name
    if table == "events":
        return load_events(feed, terms, heard, silent, store=False), heard
    tally, places[table] = load_rows(feed, scan, places.get(table, 0), terms, heard, silent)
    return tally, heard


def _with_counts(
    look: Look, file: UploadedFile, upload: Upload, tally: Tally, heard: _Heard
) -> Look:
    written = upload.rehearsed and file.table != "events"
    return Look(
        columns=look.columns,
        rows=look.rows,
        taken=tally.loaded if written else tally.read,
        unchanged=tally.unchanged,
        rejected=heard.count,
        refusals=tuple(heard.first),
    )


def looked_at(upload: Upload) -> None:
    """Look, and leave the upload ready for its person, with the reason when it went wrong."""
    upload.message = ""
    try:
        look_at(upload)
    except (TenureError, OSError, DatabaseError) as error:
        upload.message = kept_message(error)
    upload.state, upload.touched_at = Upload.State.READY, clock.now()
    upload.save(update_fields=["state", "touched_at", "rehearsed", "message"])
