"""`tenure backup` and `tenure restore`: everything in one file, and back."""

import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tenure.cli.output import console, emit_json, steps
from tenure.core.errors import TenureError


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def _local_home() -> tuple[Path, Path, Path]:
    """Home, database and event folders; refuses where the database's own tools must be used."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "sqlite" or "://" in settings.EVENTS_URL:
        raise TenureError(
            "`tenure backup` and `tenure restore` serve SQLite with a local event folder; here use "
            "pg_dump and copy the event store with your object store's own tools, database first."
        )
    return (
        Path(settings.HOME),
        Path(settings.DATABASES["default"]["NAME"]),
        Path(settings.EVENTS_URL),
    )


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, as tenure.tar.gz.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write database, inbox, events and secret key into one file, while Tenure runs."""
    from django.conf import settings

    home, database, events = _local_home()
    target = file.resolve()
    if target.exists():
        raise TenureError(f"{target} exists; give another name or remove it first.")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, steps(quiet=as_json) as shown:
        report = shown.step("Backing up")
        copies = Path(folder)
        # The inbox first: an event that moves to the store meanwhile is then in both, not in none.
        for done, source in enumerate([Path(settings.INBOX_PATH), database]):
            report(done, 3)
            if source.exists():
                _copy_sqlite(source, copies / source.name)
        part = target.with_name(target.name + ".part")
        with tarfile.open(part, "w:gz", compresslevel=1) as archive:
            for source in [*copies.iterdir(), home / "secret.key"]:
                if source.exists():
                    archive.add(source, arcname=source.name)
            if events.exists():
                archive.add(events, arcname="events")
        part.rename(target)
        report(3, 3)
    result = {"file": str(target), "bytes": target.stat().st_size}
    if as_json:
        emit_json(result)
    else:
        console.print(f"Wrote {target} ({result['bytes']:,} bytes).", highlight=False)


def _copy_sqlite(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    live.close()
    copy.close()


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tenure backup` wrote.")],
) -> None:
    """Put a backup into an empty home folder. Nothing that is there is overwritten."""
    from django.conf import settings
    from django.db import connection

    home, database, events = _local_home()
    inbox = Path(settings.INBOX_PATH)
    if not file.exists():
        raise TenureError(f"There is no file {file}.")
    if database.exists() or (events.exists() and any(events.iterdir())):
        raise TenureError(
            f"{home} holds data already; set TENURE_HOME to a new folder and restore there."
        )
    connection.close()
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
        except tarfile.TarError as error:
            raise TenureError(f"{file} is not a backup of Tenure: {error}.") from error
        places = {
            database.name: database,
            inbox.name: inbox,
            "secret.key": home / "secret.key",
            "events": events,
        }
        unknown = {p.name for p in Path(folder).iterdir()} - set(places)
        if unknown or not (Path(folder) / database.name).exists():
            raise TenureError(f"{file} is not a backup of Tenure: nothing was restored.")
        for name, place in places.items():
            if (source := Path(folder) / name).exists():
                place.unlink(missing_ok=True) if place.is_file() else None
                shutil.move(source, place)
    console.print(
        f"Restored into {home}. Run `tenure check`, then `tenure refresh`.", highlight=False
    )
