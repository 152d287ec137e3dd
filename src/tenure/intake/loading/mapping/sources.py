"""A mapped source: rows of one file, read as rows of a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tenure.intake.loading.cells import is_blank
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.mapping.expressions import (
    Cells,
    Context,
    Lookups,
    MappingFault,
    made,
)
from tenure.intake.loading.mapping.language import Block, FileMapping
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources import Record, Source, open_source, split_name
from tenure.intake.loading.tables import TABLES


class MappedSource:
    """Rows of `source` that pass the filters, as the columns the mapping makes."""

    def __init__(self, block: Block, source: Source, lookups: Lookups) -> None:
        self.path = source.path
        self.size = source.size
        self._source = source
        places = {name: place for place, name in enumerate(source.columns)}
        context = Context(places, source.path.name, lookups)
        problems: list[str] = []
        self._makes = {}
        for column, expression in block.columns.items():
            try:
                self._makes[str(column)] = made(expression, context)
            except MappingFault as fault:
                problems.append(f"{block.table}.{column}: {fault}.")
        self._passes = [_condition(c, context, problems, block.table) for c in block.where]
        problems += self._take_rest(block, places, context)
        if problems:
            raise LoadRefused(problems)
        self.columns = tuple(self._makes)

    def _take_rest(self, block: Block, places: Mapping[str, int], context: Context) -> list[str]:
        """Columns that no expression uses become custom fields, are ignored, or are a fault."""
        if unknown := [name for name in block.ignore if name not in places]:
            return [f"{block.table}: {context.file} has no column {unknown[0]!r} to ignore."]
        rest = [name for name in places if name not in context.used and name not in block.ignore]
        if block.rest == "custom":
            self._makes.update({n: made(n, context) for n in rest if n not in self._makes})
        elif block.rest == "refuse" and rest:
            names = ", ".join(rest)
            todo = "map them, put them under 'ignore', or say 'rest: ignore'"
            return [f"{block.table}: nothing is said of {names} of {context.file}; {todo}."]
        return []

    @property
    def done(self) -> int:
        """Bytes of the source read so far."""
        return self._source.done

    def records(self) -> Iterator[Record]:
        """The rows that pass, mapped; broken ones as they are."""
        makes = list(self._makes.values())
        for record in self._source.records():
            if record.problem:
                yield record
            elif all(passes(record.cells) for passes in self._passes):
                yield Record(record.line, [make(record.cells) for make in makes])


def _condition(
    body: Mapping[str, Any], context: Context, problems: list[str], table: str
) -> Callable[[Cells], bool]:
    try:
        place = context.column(body["column"])
    except MappingFault as fault:
        problems.append(f"{table}, where: {fault}.")
        return lambda row: False
    kind = next(key for key in body if key != "column")
    if kind == "filled":
        return lambda row: is_blank(row[place]) is not bool(body["filled"])
    values = body[kind] if isinstance(body[kind], list) else [body[kind]]
    wanted = {_word(value) for value in values}
    keep = kind in {"equals", "in"}
    return lambda row: (_word(row[place]) in wanted) is keep


def _word(value: Any) -> str:
    return "" if value is None else str(value).strip().casefold()


class ConstantSource:
    """The rows written into the mapping itself."""

    def __init__(self, block: Block, folder: Path) -> None:
        self.path = folder / f"{block.table}.yaml"
        self.size = self.done = len(block.rows)
        self.columns = tuple(dict.fromkeys(name for row in block.rows for name in row))
        self._rows = block.rows

    def records(self) -> Iterator[Record]:
        """The rows, the first standing on line 1."""
        for line, row in enumerate(self._rows, 1):
            yield Record(line, [row.get(column) for column in self.columns])


def mapped_feeds(mapping: FileMapping, folder: Path) -> tuple[list[Feed], list[str]]:
    """A feed for each block, and the names of files of the folder that the mapping leaves out."""
    feeds: list[Feed] = []
    problems: list[str] = []
    opened: dict[str, Source] = {}
    for number, block in enumerate(mapping.blocks):
        try:
            feeds.append(_feed(block, folder, number, mapping.blocks, opened))
        except LoadRefused as error:
            problems += error.problems
    if problems:
        raise LoadRefused([f"{mapping.name}: {problem}" for problem in dict.fromkeys(problems)])
    used = {block.source for block in mapping.blocks} | set(opened)
    others = (path.name for path in sorted(folder.iterdir()) if path.is_file())
    ignored = [n for n in others if n not in used and not n.endswith(".rejected.csv")]
    return feeds, ignored


def _feed(
    block: Block, folder: Path, number: int, blocks: Sequence[Block], opened: dict[str, Source]
) -> Feed:
    table = TABLES[block.table]
    if block.rows:
        return Feed(
            table,
            ConstantSource(block, folder),
            f"rows of {block.table} in the mapping",
            f"{block.table}.rejected.csv",
        )
    source = MappedSource(block, _opened(block.source, folder, {}), _tables(block, folder, opened))
    name = f"{split_name(block.source)[0]}.{block.table}"
    if any(b.source == block.source and b.table == block.table for b in blocks[:number]):
        name = f"{name}.{number}"
    return Feed(table, source, block.source, f"{name}.rejected.csv")


def _opened(name: str, folder: Path, opened: dict[str, Source]) -> Source:
    if name not in opened:
        path = folder / name
        if not path.is_file():
            raise LoadRefused([f"there is no file {name} in {folder}."])
        opened[name] = open_source(path)
    return opened[name]


def _tables(block: Block, folder: Path, opened: dict[str, Source]) -> Lookups:
    """What lookups find: for each file, key and column, the value by key; the first row counts."""
    tables: dict[tuple[str, str, str], dict[str, Any]] = {}
    for file, key, take in block.lookups():
        source = _opened(file, folder, opened)
        for column in (key, take):
            if column not in source.columns:
                raise LoadRefused([f"{block.table}: {file} has no column {column!r}."])
        at, wanted = source.columns.index(key), source.columns.index(take)
        found = tables.setdefault((file, key, take), {})
        for record in source.records():
            if not record.problem and not is_blank(record.cells[at]):
                found.setdefault(str(record.cells[at]).strip(), record.cells[wanted])
    return tables
