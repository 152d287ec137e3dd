"""What a reader holds on to: the files that were live at one moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from tenure.events.store.place import Place


@dataclass(frozen=True)
class SnapshotFile:
    """A live file and the ranges its rows lie in. `path` is relative to the store's root."""

    path: str
    month: date
    rows: int
    account_min: int
    account_max: int
    occurred_min: datetime
    occurred_max: datetime


@dataclass(frozen=True)
class Snapshot:
    """The store as it was when asked; its files stay readable while the grace period lasts."""

    url: str
    files: tuple[SnapshotFile, ...]

    @property
    def place(self) -> Place:
        """Where the files are."""
        return Place(self.url)

    @property
    def local(self) -> bool:
        """Whether `paths` are plain files, which DuckDB may read by name."""
        return self.place.local

    @property
    def filesystem(self) -> Any:
        """The fsspec file system, for readers of stores that are not local."""
        return self.place.filesystem

    @property
    def rows(self) -> int:
        """How many events there are, those that wait for identity included."""
        return sum(file.rows for file in self.files)

    def narrowed(
        self,
        *,
        account_from: int | None = None,
        account_to: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> "Snapshot":
        """Only files that may hold accounts from..to (both included), times since <= t < until."""
        kept = tuple(
            file
            for file in self.files
            if (account_from is None or file.account_max >= account_from)
            and (account_to is None or file.account_min <= account_to)
            and (since is None or file.occurred_max >= since)
            and (until is None or file.occurred_min < until)
        )
        return Snapshot(self.url, kept)

    def paths(self) -> list[str]:
        """Full paths, as `filesystem` (and, when local, the machine) knows them."""
        place = self.place
        return [place.full(file.path) for file in self.files]

    def dataset(self) -> Any:
        """A pyarrow dataset over the files; its scans skip row groups by the statistics."""
        return self.place.dataset([file.path for file in self.files])

    def tables(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """File by file."""
        place = self.place
        for file in self.files:
            yield place.read(file.path, columns)
