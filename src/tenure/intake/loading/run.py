"""The load of a folder: look at everything, then write table after table."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from tenure.core import clock
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.intake import refusals
from tenure.intake.findings import findings_refresh
from tenure.intake.loading.events import load_events
from tenure.intake.loading.folder import check_folder, feeds_of
from tenure.intake.loading.headers import Feed, header_problems
from tenure.intake.loading.mapping import FileMapping, mapped_feeds, mapping_read
from tenure.intake.loading.rejects import Rejects
from tenure.intake.loading.report import (
    LoadRefused,
    LoadReport,
    Progress,
    TableReport,
    kept_message,
    silent,
)
from tenure.intake.loading.rows import Tally, Terms, load_rows
from tenure.intake.loading.scan import Scan, scan
from tenure.intake.models import Load, LoadedTable


def load_folder(
    folder: Path | str,
    *,
    mapping: FileMapping | Path | str | None = None,
    history: bool = False,
    actor: User | None = None,
    report: Progress = silent,
) -> LoadReport:
    """Load the files of a folder; `mapping` says how when they are not in Tenure's own format.

    `history`: every fact was known when it happened. Raises `LoadRefused` before anything is
    written when a file cannot be read as its table. May be interrupted and run again.
    """
    where = Path(folder).absolute()
    return load_feeds(
        str(where), lambda: _feeds(where, mapping), history=history, actor=actor, report=report
    )


def load_feeds(
    named: str,
    feeds_found: Callable[[], tuple[list[Feed], list[str]]],
    *,
    history: bool = False,
    actor: User | None = None,
    report: Progress = silent,
) -> LoadReport:
    """Load what `feeds_found` gives: feeds in load order, and names of what was left alone.

    `named`: where they come from, as the list of loads tells it. Raises as `load_folder` does.
    """
    require(actor, Permission.LOAD_DATA)
    started = time.monotonic()
    _broken_off(named[:1000])
    load = Load.objects.create(
        source=named[:1000], started_at=clock.now(), started_by=actor, history=history
    )
    try:
        feeds, ignored = feeds_found()
        scans = feeds_scanned(feeds)
        tables = _write(load, feeds, scans, Terms(load.started_at, history), report)
    except BaseException as error:
        _ended(load, error)
        raise
    rejected = sum(table.rejected for table in tables)
    _end(load, Load.Outcome.REJECTS if rejected else Load.Outcome.DONE)
    counts = {t.table: [t.loaded, t.unchanged, t.rejected] for t in tables}
    audit(actor=actor, action="load", subject=load, detail={"source": load.source, **counts})
    return LoadReport(
        load_id=load.pk,
        source=load.source,
        outcome=load.outcome,
        tables=tuple(tables),
        ignored=tuple(ignored),
        findings=findings_refresh(),
        seconds=round(time.monotonic() - started, 3),
    )


def _feeds(folder: Path, mapping: FileMapping | Path | str | None) -> tuple[list[Feed], list[str]]:
    check_folder(folder)
    if mapping is None:
        return feeds_of(folder)
    read = mapping if isinstance(mapping, FileMapping) else mapping_read(Path(mapping))
    return mapped_feeds(read, folder)


def feeds_scanned(feeds: Sequence[Feed]) -> Mapping[str, Scan]:
    """Every header, and every row once, before the first write."""
    if problems := [problem for feed in feeds for problem in header_problems(feed)]:
        raise LoadRefused(problems)
    return {
        table: Scan() if table == "events" else scan(list(group))
        for table, group in groupby(feeds, key=lambda feed: feed.table.name)
    }


def _write(
    load: Load,
    feeds: Sequence[Feed],
    scans: Mapping[str, Scan],
    terms: Terms,
    report: Progress,
) -> list[TableReport]:
    done: list[TableReport] = []
    places: dict[str, int] = {}
    for feed in feeds:
        table = feed.table.name
        row = LoadedTable.objects.create(load=load, table=table, file=feed.file)
        rejects = Rejects(load, table, feed.source.path.parent, feed.rejects)
        tally = Tally()
        try:
            if table == "events":
                tally = load_events(feed, terms, rejects, report)
            else:
                first = places.get(table, 0)
                tally, places[table] = load_rows(feed, scans[table], first, terms, rejects, report)
        finally:
            rejects.close()
            row.loaded, row.unchanged, row.rejected = tally.loaded, tally.unchanged, rejects.count
            row.save()
        done.append(
            TableReport(
                table, feed.file, tally.loaded, tally.unchanged, rejects.count, rejects.path
            )
        )
    return done


def _ended(load: Load, error: BaseException) -> None:
    """Say how a load ended that did not end well; never hide the reason behind another."""
    with suppress(Exception):
        if isinstance(error, KeyboardInterrupt):
            _end(load, Load.Outcome.FAILED, refusals.INTERRUPTED)
        else:
            refused = isinstance(error, LoadRefused)
            outcome = Load.Outcome.REFUSED if refused else Load.Outcome.FAILED
            _end(load, outcome, kept_message(error))


def _broken_off(source: str) -> None:
    """A load of the same folder that still runs was killed: nobody was left to say so."""
    Load.objects.filter(source=source, outcome=Load.Outcome.RUNNING).update(
        outcome=Load.Outcome.FAILED,
        ended_at=clock.now(),
        message=refusals.LOADED_LATER,
    )


def _end(load: Load, outcome: Load.Outcome, message: str = "") -> None:
    load.outcome, load.message, load.ended_at = outcome, message, clock.now()
    load.save(update_fields=["outcome", "message", "ended_at"])
