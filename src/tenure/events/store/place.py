"""Where store files lie: a local folder (fsynced, renamed into place) or any fsspec address."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from tenure.events.store.schema import ROW_GROUP, SCHEMA

WRITING = ".writing"


@dataclass(frozen=True)
class Place:
    """The root of the store. Paths in the manifest are relative to it, with forward slashes."""

    url: str

    @cached_property
    def _resolved(self) -> tuple[Any, str]:
        fs, root = fsspec.core.url_to_fs(self.url)
        return fs, str(root).rstrip("/")

    @property
    def filesystem(self) -> Any:
        """The fsspec file system."""
        return self._resolved[0]

    @property
    def local(self) -> bool:
        """Whether files are on this machine's own file system."""
        return "file" in _protocols(self.filesystem)

    def full(self, path: str) -> str:
        """A manifest path as the file system knows it."""
        return f"{self._resolved[1]}/{path}"

    def write(self, table: pa.Table, path: str) -> int:
        """Write a sorted table; when this returns, the file survives a power cut. Bytes written."""
        return self.write_batches(iter(table.to_batches(max_chunksize=ROW_GROUP)), path)

    def write_batches(self, batches: Iterator[pa.RecordBatch], path: str) -> int:
        """Write batches already in order; each becomes (at least) one row group."""
        full = self.full(path)
        if not self.local:
            self.filesystem.makedirs(full.rsplit("/", 1)[0], exist_ok=True)
            with self.filesystem.open(full, "wb") as sink:
                _encode(batches, sink)
            return int(self.filesystem.size(full))
        target = Path(full)
        _make_folder(target.parent)
        temporary = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}{WRITING}")
        with temporary.open("wb") as sink:
            _encode(batches, sink)
            sink.flush()
            os.fsync(sink.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
        return target.stat().st_size

    def read(self, path: str, columns: list[str] | None = None) -> pa.Table:
        """One file whole, or some of its columns."""
        with self.filesystem.open(self.full(path), "rb") as source:
            return pq.ParquetFile(source).read(columns=columns)

    def dataset(self, paths: list[str]) -> Any:
        """A pyarrow dataset over files, for filtered reads that skip row groups."""
        full = [self.full(path) for path in paths]
        import pyarrow.dataset as ds  # loads much that few processes need

        return ds.dataset(full, schema=SCHEMA, format="parquet", filesystem=self.filesystem)

    def delete(self, path: str) -> None:
        """Delete a file; one that is gone already is no fault."""
        try:
            self.filesystem.rm_file(self.full(path))
        except FileNotFoundError:
            return

    def list(self) -> Iterator[tuple[str, float]]:
        """Every file under the root with its age's time stamp (0 where unknown)."""
        root = self._resolved[1]
        self.filesystem.invalidate_cache()
        try:
            found = self.filesystem.find(root, detail=True)
        except FileNotFoundError:
            return
        for full, info in found.items():
            yield full[len(root) :].lstrip("/"), _stamp(info)


def current() -> Place:
    """The store the settings name."""
    return Place(str(settings.EVENTS_URL))


def new_path(month: date) -> str:
    """A name no other file has, in the month's folder."""
    return f"{month:%Y-%m}/{uuid.uuid4().hex}.parquet"


def _encode(batches: Iterator[pa.RecordBatch], sink: BinaryIO) -> None:
    with pq.ParquetWriter(
        sink,
        SCHEMA,
        compression="zstd",
        use_dictionary=["account_id", "person_id", "actor_id", "ref_id", "event"],
        write_statistics=True,
    ) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=ROW_GROUP)


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _make_folder(folder: Path) -> None:
    """Make a folder that is still there after a power cut."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp(info: dict[str, Any]) -> float:
    for key in ("mtime", "created", "LastModified", "updated"):
        value = info.get(key)
        if value is not None:
            return float(value.timestamp() if hasattr(value, "timestamp") else value)
    return 0.0
