"""Keeping the store tidy: few files a month, none that nobody needs."""

import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pyarrow as pa
from django.conf import settings

from tenure.core import clock
from tenure.core.pipeline import Report, silent
from tenure.events.models import StoreFile
from tenure.events.services.manifest import Draft, Effect, Overtaken, draft_kept, files_replace
from tenure.events.services.position import identity_erasures
from tenure.events.store.place import Place, current, new_path
from tenure.events.store.schema import ROW_GROUP, SCHEMA

# Files of like size are merged by eights, so a row is rewritten once for each eightfold growth.
FAN = 8
LARGEST = 4_000_000
# A month that is over is brought down to this many files whatever their size.
FEW = 3


@dataclass(frozen=True)
class CompactResult:
    """Files merged and the files they became."""

    merged: int = 0
    written: int = 0


def store_compact(*, report: Report = silent) -> CompactResult:
    """Merge small files of each month, sorted as a whole. Readers keep what they hold."""
    merged = written = 0
    groups = _groups()
    for done, group in enumerate(groups):
        report(done, len(groups))
        if _merge(current(), group):
            merged, written = merged + len(group), written + 1
    return CompactResult(merged, written)


def _groups() -> list[list[StoreFile]]:
    months: dict[date, list[StoreFile]] = defaultdict(list)
    for file in StoreFile.objects.filter(retired_at__isnull=True).order_by("rows", "pk"):
        months[file.month].append(file)
    this_month = clock.today().replace(day=1)
    groups = []
    for month, files in sorted(months.items()):
        small = [file for file in files if file.rows < LARGEST // 2]
        if month < this_month and len(small) > FEW:
            groups += _within_largest(small)
            continue
        tiers: dict[int, list[StoreFile]] = defaultdict(list)
        for file in small:
            tiers[int(math.log(max(file.rows, 1), FAN))].append(file)
        for tier in tiers.values():
            groups += _within_largest(tier) if len(tier) >= FAN else []
    return groups


def _within_largest(files: Sequence[StoreFile]) -> list[list[StoreFile]]:
    groups: list[list[StoreFile]] = [[]]
    rows = 0
    for file in files:
        if rows + file.rows > LARGEST:
            groups.append([])
            rows = 0
        groups[-1].append(file)
        rows += file.rows
    return [group for group in groups if len(group) > 1]


def _merge(place: Place, old: Sequence[StoreFile]) -> bool:
    """Sort some files into one. False when others were quicker."""
    erasures = identity_erasures()
    path = new_path(old[0].month)
    try:
        size = place.write_batches(_sorted(place, [file.path for file in old]), path)
    except FileNotFoundError:
        return False
    stats = {
        "rows": sum(file.rows for file in old),
        "bytes": size,
        "account_min": min(file.account_min for file in old),
        "account_max": max(file.account_max for file in old),
        "occurred_min": min(file.occurred_min for file in old),
        "occurred_max": max(file.occurred_max for file in old),
        "waiting": sum(file.waiting for file in old),
        "anonymous": sum(file.anonymous for file in old),
    }
    draft = Draft(path, old[0].month, min(file.settled for file in old), stats)
    try:
        with draft_kept(place, draft):
            done = files_replace(old=old, drafts=[draft], effect=Effect(), erasures=erasures)
    except Overtaken:
        return False
    if not done:
        place.delete(path)
    return done


def _sorted(place: Place, paths: list[str]) -> Iterator[pa.RecordBatch]:
    """Rows of some files in the store's order, sorted on disk when they outgrow memory."""
    with (
        tempfile.TemporaryDirectory(prefix="tenure-sort-") as scratch,
        duckdb.connect(
            config={"threads": 2, "memory_limit": "512MB", "temp_directory": scratch}
        ) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", place.dataset(paths))
        ordered = connection.execute("SELECT * FROM rows ORDER BY account_id, occurred_at")
        for batch in ordered.to_arrow_reader(ROW_GROUP):
            yield pa.RecordBatch.from_arrays(
                [column.cast(field.type) for column, field in zip(batch, SCHEMA, strict=True)],
                schema=SCHEMA,
            )


def grace_seconds() -> float:
    """How long a file that nobody should need any more is kept, for readers who still do."""
    return float(getattr(settings, "EVENTS_GRACE_SECONDS", 3_600))


@dataclass(frozen=True)
class SweepResult:
    """Retired files deleted after their grace, and files without a manifest row."""

    retired: int = 0
    orphans: int = 0


def store_sweep() -> SweepResult:
    """Delete files that were retired a while ago, and what crashed writers left behind."""
    place = current()
    limit = clock.now() - timedelta(seconds=grace_seconds())
    retired = list(StoreFile.objects.filter(retired_at__lt=limit))
    for file in retired:
        place.delete(file.path)
        file.delete()
    # The list is taken before the manifest is read: a file named meanwhile is no orphan.
    found = list(place.list())
    known = set(StoreFile.objects.values_list("path", flat=True))
    oldest = time.time() - grace_seconds()
    orphans = [path for path, stamp in found if path not in known and stamp < oldest]
    for path in orphans:
        place.delete(path)
    return SweepResult(len(retired), len(orphans))
