"""The refresh of the panel and the snapshots: what is stale, block by block."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from tenure.core import clock
from tenure.core.pipeline import Report, silent
from tenure.events.models import DirtyWeek
from tenure.events.selectors import store_snapshot
from tenure.events.store.snapshot import Snapshot
from tenure.metrics.compile.duck import DuckEngine
from tenure.metrics.compile.engine import Engine
from tenure.metrics.compile.span import week_index, week_monday
from tenure.metrics.definitions import Catalogue
from tenure.metrics.models import PanelFile, PanelState
from tenure.metrics.panel import files
from tenure.metrics.panel.compute import Block, Computation
from tenure.metrics.panel.slices import Box
from tenure.metrics.panel.work import Work, decide, highest_account
from tenure.metrics.selectors.catalogue import catalogue_current
from tenure.metrics.services.snapshots import snapshots_write

# A reader that took the manifest just before a refresh still finds the files it names.
GRACE = timedelta(minutes=30)


@dataclass(frozen=True)
class RefreshResult:
    """What a refresh did. `since`: the first week computed again for anybody."""

    accounts: int
    rows: int
    since: date | None
    full: bool


def panel_refresh(
    *,
    since: date | None = None,
    report: Report = silent,
    catalogue: Catalogue | None = None,
    snapshots: bool = True,
    engine: Engine | None = None,
) -> RefreshResult:
    """Compute what is stale and write it; safe to interrupt and to run again."""
    today, catalogue = clock.today(), catalogue or catalogue_current()
    snapshot = store_snapshot()
    work = decide(catalogue, snapshot, today, since)
    accounts = rows = 0
    top = highest_account()
    with closing(engine or _duckdb(snapshot)) as running:
        for block in Computation(running, catalogue, work, snapshot, today).blocks():
            _block_write(block, catalogue, work, snapshots=snapshots)
            rows += len(block.rows)
            accounts += len(pc.unique(block.rows["account_id"]))
            report(min(block.box.account_to, top), top)
    _finish(work, today)
    first = min((region.first for region in work.regions), default=None)
    began = None if first is None else week_monday(first)
    return RefreshResult(accounts, rows, began, work.full)


def _duckdb(snapshot: Snapshot) -> DuckEngine:
    return DuckEngine(filesystem=None if snapshot.local else snapshot.filesystem)


def _block_write(block: Block, catalogue: Catalogue, work: Work, *, snapshots: bool) -> None:
    """One block's file, manifest and snapshots, in one transaction."""
    pieces = [(box, part, files.write(part, _year(box))) for box, part in _by_year(block)]
    with transaction.atomic():
        if snapshots:
            snapshots_write(block=block, keys=list(catalogue.keys), first_week=work.first_week)
        for row in files.live(block.box):
            _cut(row, block.box)
        PanelFile.objects.bulk_create(
            _row(box, path, len(part), work.definitions) for box, part, path in pieces
        )


def _by_year(block: Block) -> list[tuple[Box, pa.Table]]:
    """The block's rows by the ISO year of their week."""
    box, parts = block.box, []
    first = box.first
    while first <= box.last:
        year = _year(Box(1, 1, first, first))
        last = min(box.last, week_index(date(year, 12, 28)))
        week = block.rows["week"]
        inside = pc.and_(pc.greater_equal(week, first), pc.less_equal(week, last))
        part = Box(box.account_from, box.account_to, first, last)
        parts.append((part, block.rows.filter(inside)))
        first = last + 1
    return parts


def _year(box: Box) -> int:
    return week_monday(box.first).isocalendar().year


def _row(box: Box, path: str, rows: int, definitions: str) -> PanelFile:
    return PanelFile(
        path=path,
        account_min=box.account_from,
        account_max=box.account_to,
        first_week=week_monday(box.first),
        last_week=week_monday(box.last),
        rows=rows,
        definitions=definitions,
        written_at=clock.now(),
    )


def _cut(row: PanelFile, box: Box) -> None:
    """Take a box out of a slice: the slice retires, what is left of it becomes slices."""
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    PanelFile.objects.bulk_create(
        _row(left, row.path, row.rows, row.definitions) for left in files.box_of(row).without(box)
    )


@transaction.atomic
def _finish(work: Work, today: date) -> None:
    DirtyWeek.objects.filter(pk__in=work.dirty).delete()
    PanelState.objects.update_or_create(
        pk=1,
        defaults={
            "as_of": today,
            "definitions": work.definitions,
            "marks": dict(work.marks),
            "computed_at": clock.now(),
        },
    )
    _sweep()


def _sweep() -> None:
    """Delete files that no live slice names and that retired longer ago than the grace."""
    old = PanelFile.objects.filter(retired_at__lt=clock.now() - GRACE)
    paths = set(old.values_list("path", flat=True))
    kept = set(
        PanelFile.objects.exclude(pk__in=old.values("pk"))
        .filter(path__in=paths)
        .values_list("path", flat=True)
    )
    where = files.place()
    for path in paths - kept:
        where.delete(path)
    old.delete()
