"""Whether a file's header fits its table; a file that does not is refused before any write."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from tenure.intake.loading.sources import Source
from tenure.intake.loading.tables import Table

CUSTOM_LIMIT = 300
NAME_LIMIT = 150


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
    return [f"{feed.file}: {problem}" for problem in _problems(feed.table, feed.source.columns)]


def _problems(table: Table, columns: Sequence[str]) -> Iterator[str]:
    if not columns:
        yield "the file is empty; its first line must name the columns."
        return
    for name, count in Counter(columns).items():
        if count > 1:
            yield f"the column {_quoted(name)} appears {count} times; name each column once."
    if "" in columns:
        yield f"column {columns.index('') + 1} has no name; give it one or take it out."
    if missing := [c for c in table.required if c not in columns]:
        yield f"the required column{_s(missing)} {_list(missing)} {_is(missing)} missing."
    if table.one_of and not set(table.one_of) & set(columns):
        yield f"at least one of the columns {_list(table.one_of)} is needed."
    yield from _unknown(table, [c for c in columns if c and c not in table.columns])


def _unknown(table: Table, unknown: Sequence[str]) -> Iterator[str]:
    if table.custom:
        if len(unknown) > CUSTOM_LIMIT:
            yield f"{len(unknown)} custom fields are too many; at most {CUSTOM_LIMIT} are kept."
        for name in unknown:
            if len(name) > NAME_LIMIT or "\0" in name:
                yield f"the column {_quoted(name[:40])} has too long or broken a name."
        return
    for name in unknown:
        close = get_close_matches(name.lower(), table.columns, n=1)
        hint = f"; did you mean {_quoted(close[0])}?" if close else "; take it out."
        yield f"{table.name} has no column {_quoted(name[:60])}{hint}"


def _quoted(name: str) -> str:
    return f"'{name}'"


def _list(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _s(names: Sequence[str]) -> str:
    return "s" if len(names) > 1 else ""


def _is(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"
