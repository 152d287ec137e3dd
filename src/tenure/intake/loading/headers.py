"""Whether a file's header fits its table; a file that does not is refused before any write."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from tenure.intake import refusals
from tenure.intake.loading.sources import Source
from tenure.intake.loading.tables import Table

CUSTOM_LIMIT = 300
NAME_LIMIT = 150
Fault: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Feed:
    """One source that fills one table. `file` and `rejects`: the names to tell and to write."""

    table: Table
    source: Source
    file: str
    rejects: str

    @property
    def known(self) -> list[tuple[str, int]]:
        """The table's own columns in the source, with their place."""
        return [(c, i) for i, c in enumerate(self.source.columns) if c in self.table.columns]

    @property
    def custom(self) -> list[tuple[str, int]]:
        """The other columns, which become custom fields, with their place."""
        return [(c, i) for i, c in enumerate(self.source.columns) if c not in self.table.columns]


def header_problems(feed: Feed) -> list[str]:
    """A sentence for each fault of the header."""
    faults = _faults(feed.table, feed.source.columns)
    return [template % {"file": feed.file, **values} for template, values in faults]


def _faults(table: Table, columns: Sequence[str]) -> Iterator[Fault]:
    if not columns:
        yield refusals.EMPTY, {}
        return
    for name, count in Counter(columns).items():
        if count > 1:
            yield refusals.REPEATED, {"column": name, "n": count}
    if "" in columns:
        yield refusals.UNNAMED, {"n": columns.index("") + 1}
    if missing := [c for c in table.required if c not in columns]:
        several = len(missing) > 1
        template = refusals.SEVERAL_MISSING if several else refusals.ONE_MISSING
        yield template, {"columns": _list(missing)}
    if table.one_of and not set(table.one_of) & set(columns):
        yield refusals.ONE_OF_MISSING, {"columns": _list(table.one_of)}
    yield from _unknown(table, [c for c in columns if c and c not in table.columns])


def _unknown(table: Table, unknown: Sequence[str]) -> Iterator[Fault]:
    if table.custom:
        if len(unknown) > CUSTOM_LIMIT:
            yield refusals.MANY_FIELDS, {"n": len(unknown), "most": CUSTOM_LIMIT}
        for name in unknown:
            if len(name) > NAME_LIMIT or "\0" in name:
                yield refusals.BROKEN_NAME, {"column": name[:40]}
        return
    for name in unknown:
        close = get_close_matches(name.lower(), table.columns, n=1)
        values = {"table": table.name, "column": name[:60], "close": "".join(close)}
        yield (refusals.UNKNOWN_CLOSE if close else refusals.UNKNOWN), values


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
