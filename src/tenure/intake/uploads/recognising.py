"""Which table a file is: by its name, else by its header."""

import re
from collections.abc import Sequence
from pathlib import Path

from tenure.intake.loading import LoadRefused
from tenure.intake.loading.headers import Feed, header_problems
from tenure.intake.loading.sources import Source, open_source, split_name
from tenure.intake.loading.tables import TABLES


def recognised(path: Path) -> str:
    """The table a file most likely is, "" where neither name nor header tells."""
    stem = split_name(path.name)[0].lower()
    if named := by_name(stem):
        return named
    try:
        return by_header(open_source(path))
    except LoadRefused:
        return ""


def by_name(stem: str) -> str:
    """The one table that a name speaks of, as "2026-01 survey answers" does."""
    words = f"_{re.sub(r'[^a-z]+', '_', stem)}_"
    found = [name for name in TABLES if f"_{name}_" in words]
    return found[0] if len(found) == 1 else ""


def by_header(source: Source) -> str:
    """The table whose columns the header has; of several, the one that knows most of them."""
    fits = [
        (_known(name, source.columns), name)
        for name, table in TABLES.items()
        if not header_problems(Feed(table, source, "", ""))
    ]
    best = sorted(fits, reverse=True)[:2]
    if not best or (len(best) == 2 and best[0][0] == best[1][0]):
        return ""
    return best[0][1]


def _known(name: str, columns: Sequence[str]) -> int:
    return sum(column in TABLES[name].columns for column in columns)
