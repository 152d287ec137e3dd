"""The look at a whole table before the first write: rows that name the same thing, and what
kind of value each custom column holds. Only hashes are kept, 24 bytes a row.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tenure.intake.loading.cells import BadCell, custom_kind, is_blank
from tenure.intake.loading.headers import Feed
from tenure.intake.loading.sources import Record

_REPEAT = 0


@dataclass(frozen=True)
class Scan:
    """`doubles`: rows (by their place in the table's feeds) that a later row with the same key
    replaces, with that row's line; or 0 when the later row is the same in every cell.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    doubles: Mapping[int, int] = field(default_factory=dict)

    def is_repeat(self, place: int) -> bool:
        """Whether the row says the same as a later one."""
        return self.doubles.get(place) == _REPEAT


def scan(feeds: Sequence[Feed]) -> Scan:
    """Read the feeds of one table through."""
    kinds: dict[str, str] = {}
    keys, contents, lines, places = array("q"), array("q"), array("q"), array("q")
    place = -1
    for feed in feeds:
        parts = _key_parts(feed)
        custom = feed.custom
        for record in feed.source.records():
            place += 1
            if record.problem:
                continue
            for name, index in custom:
                kinds[name] = custom_kind(record.cells[index], kinds.get(name, ""))
            if (key := _key(feed, parts, record)) is not None:
                keys.append(key)
                contents.append(hash(tuple(map(str, record.cells))))
                lines.append(record.line)
                places.append(place)
    return Scan(kinds, _doubles(keys, contents, lines, places))


def _key_parts(feed: Feed) -> list[int | None]:
    columns = list(feed.source.columns)
    return [columns.index(c) if c in columns else None for c in feed.table.key]


def _key(feed: Feed, parts: Sequence[int | None], record: Record) -> int | None:
    """A hash of the row's key; None when a part of it cannot be read (the load will tell)."""
    values: list[object] = []
    for column, index in zip(feed.table.key, parts, strict=True):
        cell = None if index is None else record.cells[index]
        if is_blank(cell):
            values.append(None)
            continue
        if isinstance(cell, BadCell):
            return None
        try:
            values.append(feed.table.columns[column](cell))
        except ValueError:
            return None
    return hash(tuple(values))


def _doubles(
    keys: "array[int]", contents: "array[int]", lines: "array[int]", places: "array[int]"
) -> dict[int, int]:
    hashes = np.frombuffer(keys, dtype=np.int64) if keys else np.empty(0, dtype=np.int64)
    order = np.argsort(hashes, kind="stable")
    same = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    found: dict[int, int] = {}
    winner = -1
    for position in same[::-1].tolist():
        earlier, later = int(order[position]), int(order[position + 1])
        if winner < 0 or keys[winner] != keys[later]:
            winner = later
        equal = contents[earlier] == contents[winner]
        found[places[earlier]] = _REPEAT if equal else lines[winner]
    return found
