"""Uploaded files on disk: under safe names, within limits, gone when they are not needed."""

import gzip
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.intake.loading.sources import split_name
from tenure.intake.models import Upload, UploadedFile

MEGA = 1024 * 1024
LARGEST = 100 * MEGA
LARGEST_UNPACKED = 400 * MEGA
MOST_FILES = 30
NAME_LIMIT = 100
_PIECE = 256 * 1024


class Given(Protocol):
    """A file as a sender gives it."""

    @property
    def name(self) -> str | None:
        """What it is called there."""
        ...

    @property
    def size(self) -> int | None:
        """Its bytes."""
        ...

    def chunks(self) -> Iterable[bytes]:
        """Its content, piece by piece."""
        ...


def folder_of(upload: Upload) -> Path:
    """Where the files of an upload are."""
    return Path(settings.HOME) / "uploads" / str(upload.pk)


def path_of(file: UploadedFile) -> Path:
    """Where a file is: in a folder of its own, as two files may have one name."""
    return folder_of(file.upload) / str(file.place) / file.name


def safe_name(name: str) -> str:
    """A name without a folder, control signs or anything else a file system minds."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    plain = "".join(c if c.isalnum() or c in " ._-()" else "_" for c in plain).strip(" .")
    stem, suffix = split_name(plain)
    while len(stem.encode()) > NAME_LIMIT:
        stem = stem[:-1]
    return f"{stem}{suffix.lower()}" or "_"


def check_sizes(files: Iterable[Given]) -> None:
    """Refuse too many files, too many bytes, and files of a format that is not read."""
    given = list(files)
    if not given:
        raise TenureError(_("Choose at least one file."))
    if len(given) > MOST_FILES:
        raise TenureError(
            _("%(n)s files are too many at once; choose at most %(most)s.")
            % {"n": len(given), "most": MOST_FILES}
        )
    if sum(file.size or 0 for file in given) > LARGEST:
        raise TenureError(
            _(
                "Together the files are larger than %(most)s MB. Load them in parts, or by "
                "“tenure load” on the machine that runs Tenure, which has no limit."
            )
            % {"most": LARGEST // MEGA}
        )
    for file in given:
        if not split_name(safe_name(file.name or ""))[1]:
            raise TenureError(
                _("%(file)s is of no format that is read; give CSV, JSON Lines or Parquet files.")
                % {"file": safe_name(file.name or "")}
            )


def keep(given: Given, path: Path) -> int:
    """Write a file down and return its bytes; nobody but the owner of the process reads it."""
    path.parent.mkdir(parents=True, mode=0o700)
    path.parent.parent.chmod(0o700)
    with path.open("wb") as target:
        for piece in given.chunks():
            target.write(piece)
    return path.stat().st_size


def unpacked_size(path: Path) -> int:
    """Bytes of a file once decompressed; stops and refuses where they pass the limit."""
    size = path.stat().st_size
    if path.suffix == ".gz":
        size = _of_gzip(path)
    elif path.suffix == ".parquet":
        size = max(size, _of_parquet(path))
    if size > LARGEST_UNPACKED:
        raise TenureError(
            _("%(file)s unpacks to more than %(most)s MB; load it in parts, or by “tenure load”.")
            % {"file": path.name, "most": LARGEST_UNPACKED // MEGA}
        )
    return size


def _of_gzip(path: Path) -> int:
    size = 0
    try:
        with gzip.open(path, "rb") as content:
            while size <= LARGEST_UNPACKED and (piece := content.read(_PIECE)):
                size += len(piece)
    except (OSError, EOFError):
        # A broken file has as much as came before; opening it as a table says what is wrong.
        return size
    return size


def _of_parquet(path: Path) -> int:
    """What its own footer says of the columns, and no less than a byte a cell."""
    try:
        about = pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return 0
    groups = [about.row_group(i).total_byte_size for i in range(about.num_row_groups)]
    return int(max(sum(groups), about.num_rows * about.num_columns))


def let_go(upload: Upload) -> None:
    """Remove the files of an upload."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)
