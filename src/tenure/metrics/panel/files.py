"""Panel files: written whole, named in the manifest, read slice by slice."""

import os
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from tenure.events.store.place import Place
from tenure.metrics.compile.span import week_index, week_monday
from tenure.metrics.models import PanelFile
from tenure.metrics.panel.slices import Box

TOP = 2**62


def place() -> Place:
    """Where panel files lie."""
    return Place(str(settings.PANEL_URL))


def write(rows: pa.Table, year: int) -> str:
    """Write rows (account_id, week number, metrics); the path under the panel's root."""
    path = f"{year}/{uuid.uuid4().hex}.parquet"
    where = place()
    full = where.full(path)
    if not where.local:
        where.filesystem.makedirs(full.rsplit("/", 1)[0], exist_ok=True)
        with where.filesystem.open(full, "wb") as sink:
            pq.write_table(rows, sink, compression="zstd", row_group_size=50_000)
        return path
    target = Path(full)
    target.parent.mkdir(parents=True, exist_ok=True)
    writing = target.with_suffix(".writing")
    with writing.open("wb") as sink:
        pq.write_table(rows, sink, compression="zstd", row_group_size=50_000)
        sink.flush()
        os.fsync(sink.fileno())
    writing.replace(target)
    return path


def read(columns: Sequence[str], box: Box, slices: Iterable[PanelFile] | None = None) -> pa.Table:
    """Stored rows in a box, ordered by account and week; unknown columns are null.

    Returns:
        account_id int64, week int64 (number), then the columns (float64 unless stored otherwise).
    """
    if slices is None:
        slices = live(box)
    parts = [part for one in slices if (part := _read_slice(one, columns, box)) is not None]
    if not parts:
        return _schema(columns).empty_table()
    return pa.concat_tables(parts).sort_by([("account_id", "ascending"), ("week", "ascending")])


def live(box: Box) -> list[PanelFile]:
    """The live slices that meet a box."""
    rows = PanelFile.objects.filter(
        retired_at__isnull=True,
        account_max__gte=box.account_from,
        account_min__lte=box.account_to,
        last_week__gte=week_monday(box.first),
        first_week__lte=week_monday(box.last),
    )
    return list(rows.order_by("account_min", "first_week", "id"))


def box_of(row: PanelFile) -> Box:
    """The box a manifest row stands for."""
    first, last = week_index(row.first_week), week_index(row.last_week)
    return Box(row.account_min, row.account_max, first, last)


def _schema(columns: Sequence[str]) -> pa.Schema:
    kinds = {"account_id": pa.int64(), "week": pa.int64()}
    kinds |= {name: _kind(name) for name in columns}
    return pa.schema(list(kinds.items()))


def _kind(name: str) -> pa.DataType:
    from tenure.metrics.compile.usage import SYSTEM

    return pa.int64() if name in SYSTEM else pa.float64()


def _read_slice(row: PanelFile, columns: Sequence[str], box: Box) -> pa.Table | None:
    cut = box_of(row).meet(box)
    if cut.empty:
        return None
    where = place()
    with where.filesystem.open(where.full(row.path), "rb") as source:
        file = pq.ParquetFile(source)
        stored = set(file.schema_arrow.names)
        wanted = ["account_id", "week", *(name for name in columns if name in stored)]
        groups = [
            index
            for index in range(file.metadata.num_row_groups)
            if _may_hold(file.metadata.row_group(index), cut)
        ]
        table = file.read_row_groups(groups, columns=wanted)
    account, week = table["account_id"], table["week"]
    inside = pc.and_(
        pc.and_(
            pc.greater_equal(account, cut.account_from), pc.less_equal(account, cut.account_to)
        ),
        pc.and_(pc.greater_equal(week, cut.first), pc.less_equal(week, cut.last)),
    )
    return _complete(table.filter(inside), columns)


def _may_hold(group: pq.RowGroupMetaData, cut: Box) -> bool:
    accounts = group.column(0).statistics
    if accounts is None or not accounts.has_min_max:
        return True
    return bool(accounts.max >= cut.account_from and accounts.min <= cut.account_to)


def _complete(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    schema = _schema(columns)
    arrays = [
        table[field.name] if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
