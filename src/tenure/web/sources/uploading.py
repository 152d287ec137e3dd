"""Uploaded files as the page shows them: what each is, what would be taken, what would not."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from tenure.intake.loading.tables import TABLES
from tenure.intake.models import Upload, UploadedFile
from tenure.intake.uploads.keeping import LARGEST, MEGA
from tenure.intake.uploads.seen import Look, look_of
from tenure.web.sources.tables import SOURCES

ACCEPTED = ".csv,.jsonl,.ndjson,.parquet,.gz"
LARGEST_MB = LARGEST // MEGA


@dataclass(frozen=True)
class Shape:
    """A table that files may be: its columns, what it is good for. `any_of`: one is needed."""

    key: str
    name: Promise
    use: Promise
    required: tuple[str, ...]
    any_of: tuple[str, ...]
    others: tuple[str, ...]
    custom: bool


def shapes() -> list[Shape]:
    """Every table, accounts first."""
    return [
        Shape(
            source.key,
            source.name,
            source.use,
            table.required,
            table.one_of,
            tuple(c for c in table.columns if c not in table.required + table.one_of),
            table.custom,
        )
        for source in SOURCES
        if (table := TABLES[source.key])
    ]


@dataclass(frozen=True)
class Shown:
    """A file with what was seen in it. `more`: rejects that are counted and not listed."""

    file: UploadedFile
    look: Look

    @property
    def more(self) -> int:
        return self.look.rejected - len(self.look.refusals)


@dataclass(frozen=True)
class Totals:
    """Of all files together. `can_load`: at least one has a table, and none is wrong."""

    taken: int
    unchanged: int
    rejected: int
    can_load: bool


def shown(upload: Upload) -> list[Shown]:
    """The files in the order they were given."""
    return [Shown(file, look_of(file.look)) for file in upload.files.order_by("place")]


def totals(files: Iterable[Shown]) -> Totals:
    """The sums of what the look counted."""
    chosen = [one for one in files if one.file.table]
    return Totals(
        sum(one.look.taken for one in chosen),
        sum(one.look.unchanged for one in chosen),
        sum(one.look.rejected for one in chosen),
        bool(chosen) and all(one.look.fits for one in chosen),
    )
