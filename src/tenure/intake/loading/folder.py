"""What a folder holds: at most one file for each table, and files that are none."""

from pathlib import Path

from tenure.intake import refusals
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources import open_source, split_name
from tenure.intake.loading.tables import TABLES

REJECTED = ".rejected.csv"


def check_folder(folder: Path) -> None:
    """Refuse what is no folder that can be read."""
    if not folder.exists():
        raise LoadRefused([refusals.NO_FOLDER % {"folder": folder}])
    if not folder.is_dir():
        raise LoadRefused([refusals.NOT_FOLDER % {"folder": folder}])


def feeds_of(folder: Path) -> tuple[list[Feed], list[str]]:
    """A feed for each table that has a file, in load order; and the names of other files."""
    found: dict[str, list[Path]] = {}
    ignored: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(REJECTED) or path.is_dir():
            continue
        stem, suffix = split_name(path.name)
        if suffix and stem in TABLES:
            found.setdefault(stem, []).append(path)
        else:
            ignored.append(path.name)
    if twice := [paths for paths in found.values() if len(paths) > 1]:
        raise LoadRefused(
            [refusals.SAME_TABLE % {"files": ", ".join(p.name for p in paths)} for paths in twice]
        )
    if not found:
        raise LoadRefused([refusals.NO_TABLE % {"folder": folder, "names": ", ".join(TABLES)}])
    feeds, problems = [], []
    for name, table in TABLES.items():
        for path in found.get(name, []):
            try:
                feeds.append(Feed(table, open_source(path), path.name, f"{name}{REJECTED}"))
            except LoadRefused as error:
                problems += error.problems
    if problems:
        raise LoadRefused(problems)
    return feeds, ignored
