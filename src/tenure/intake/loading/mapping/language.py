"""Reading a mapping file and checking all of it that needs no data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Any

import yaml

from tenure.intake.loading.mapping.expressions import MappingFault, lookup_key
from tenure.intake.loading.report import LoadRefused
from tenure.intake.loading.sources import split_name
from tenure.intake.loading.tables import TABLES

SIZE_LIMIT = 1_000_000
_CONDITIONS = ("equals", "not", "in", "not_in", "filled")


@dataclass(frozen=True)
class Block:
    """One source (or, with `rows`, constants) that fills one table."""

    table: str
    source: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    where: Sequence[Mapping[str, Any]] = ()
    rest: str = "refuse"
    ignore: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] = ()

    def lookups(self) -> list[tuple[str, str, str]]:
        """Every file, key and column that a lookup of this block needs."""
        return list(_lookups_in(self.columns))


@dataclass(frozen=True)
class FileMapping:
    """A whole mapping, its blocks in load order."""

    name: str
    blocks: tuple[Block, ...]


def _lookups_in(body: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(body, dict):
        if "lookup" in body:
            yield lookup_key(body["lookup"])
        for value in body.values():
            yield from _lookups_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from _lookups_in(value)


def mapping_read(path: Path) -> FileMapping:
    """Read a mapping file; refuses it with a sentence for each fault."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise LoadRefused([f"{path.name} is too large for a mapping."])
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LoadRefused([f"The mapping {path} cannot be read: {error.strerror}."]) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        first = str(error).replace("\n", " ")
        raise LoadRefused([f"The mapping {path.name} is not YAML: {first}."]) from error
    return mapping_parse(body, path.name)


def mapping_parse(body: Any, name: str) -> FileMapping:
    """A mapping from what YAML (or JSON) gave."""
    if (
        not isinstance(body, dict)
        or set(body) != {"tables"}
        or not isinstance(body["tables"], dict)
    ):
        raise LoadRefused([f"{name}: a mapping has 'tables' at the top, and nothing else."])
    problems: list[str] = []
    blocks: dict[str, list[Block]] = {}
    for table, given in body["tables"].items():
        if table not in TABLES:
            problems.append(f"{name}: {_no_table(str(table))}")
            continue
        parts = given if isinstance(given, list) else [given]
        for number, part in enumerate(parts, 1):
            place = f"{name}: {table}" + (f", part {number}" if len(parts) > 1 else "")
            faults = list(_block_faults(table, part))
            problems += [f"{place}: {fault}." for fault in faults]
            if not faults:
                blocks.setdefault(table, []).append(_block(table, part))
    if problems:
        raise LoadRefused(problems)
    return FileMapping(name, tuple(block for table in TABLES for block in blocks.get(table, [])))


def _no_table(name: str) -> str:
    close = get_close_matches(name, TABLES, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"the tables are {', '.join(TABLES)}."
    return f"there is no table {name!r}; {hint}"


def _block(table: str, part: Mapping[str, Any]) -> Block:
    where = part.get("where", [])
    return Block(
        table=table,
        source=part.get("from", ""),
        columns=part.get("columns", {}),
        where=where if isinstance(where, list) else [where],
        rest=part.get("rest", "refuse"),
        ignore=part.get("ignore", []),
        rows=part.get("rows", []),
    )


def _block_faults(table: str, part: Any) -> Iterator[str]:
    if not isinstance(part, dict):
        yield "needs 'from' and 'columns', or 'rows'"
        return
    if "rows" in part:
        yield from _rows_faults(part)
        return
    known = {"from", "columns", "where", "rest", "ignore"}
    for key in part:
        if key not in known:
            yield f"{key!r} is not known; a table has {', '.join(sorted(known))}, or rows"
    yield from _file_faults(part.get("from"))
    if not isinstance(part.get("columns"), dict):
        yield "'columns' is missing; it says which column comes from where"
        return
    rests = ("custom", "ignore", "refuse") if TABLES[table].custom else ("ignore", "refuse")
    if part.get("rest", "refuse") not in rests:
        yield f"'rest' is one of {', '.join(rests)}"
    if not _names(part.get("ignore", [])):
        yield "'ignore' is a list of columns"
    yield from _where_faults(part.get("where", []))
    try:
        for file, _key, _take in _lookups_in(part["columns"]):
            yield from _file_faults(file)
    except MappingFault as fault:
        yield str(fault)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _rows_faults(part: Mapping[str, Any]) -> Iterator[str]:
    rows = part["rows"]
    if set(part) != {"rows"} or not isinstance(rows, list) or not rows:
        yield "'rows' is a list of rows and stands alone"
    elif not all(isinstance(row, dict) and _names(list(row)) for row in rows):
        yield "each of 'rows' has columns with their values"


def _file_faults(name: Any) -> Iterator[str]:
    """A source lies in the folder itself: a name, never a path."""
    if not isinstance(name, str) or not name:
        yield "'from' is missing; name a file of the folder"
    elif PurePath(name).name != name or name in {".", ".."} or "\\" in name or "\0" in name:
        yield f"{name!r} is a path; name a file of the folder itself"
    elif not split_name(name)[1]:
        yield f"{name!r} is no CSV, JSON Lines or Parquet file"


def _where_faults(where: Any) -> Iterator[str]:
    for condition in where if isinstance(where, list) else [where]:
        keys = set(condition) if isinstance(condition, dict) else set()
        if len(keys) != 2 or "column" not in keys or not (keys - {"column"}) & set(_CONDITIONS):
            yield f"each of 'where' has a column and one of {', '.join(_CONDITIONS)}"
