"""The page of one play: what a version says, and what changed from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tenure.core.errors import InvalidDefinition
from tenure.plays.definition.reading import CATEGORIES, parse
from tenure.plays.definition.shape import Definition
from tenure.plays.definition.writing import ordered
from tenure.plays.library import shipped
from tenure.plays.selectors import KnownPlay
from tenure.plays.selectors.definitions import KIND
from tenure.web.definitions.versions import DiffLine, Version, difference, versions_of
from tenure.web.plays.library import title_of
from tenure.web.plays.outline import Told, outline
from tenure.web.plays.stored import body_of, draft_of
from tenure.web.plays.words import Telling, limits_words, text_of


class Shown:
    """One play with one of its versions opened: the one asked for, else the newest."""

    def __init__(self, known: KnownPlay, definition: Definition | None, number: int) -> None:
        self.known, self.definition, self.number = known, definition, number
        self._telling = Telling()

    @property
    def title(self) -> str:
        return text_of(self.definition.title) if self.definition else title_of(self.known)

    @property
    def goal(self) -> str:
        return text_of(self.definition.goal) if self.definition else ""

    @property
    def category(self) -> str:
        return str(CATEGORIES.get(self.definition.category, "")) if self.definition else ""

    @cached_property
    def trigger(self) -> str:
        return self._telling.trigger(self.definition) if self.definition else ""

    @cached_property
    def audience(self) -> str:
        return self._telling.audience(self.definition) if self.definition else ""

    @cached_property
    def leave(self) -> str:
        return self._telling.leave(self.definition) if self.definition else ""

    @cached_property
    def steps(self) -> tuple[Told, ...]:
        return outline(self.definition, self._telling) if self.definition else ()

    @cached_property
    def limits(self) -> list[str]:
        return list(limits_words(self.definition)) if self.definition else []

    @property
    def is_newest(self) -> bool:
        return self.number == self.known.newest

    @property
    def is_on(self) -> bool:
        """Whether accounts enter this very version."""
        return self.known.running is not None and self.known.running == self.number

    @property
    def switchable(self) -> bool:
        """Whether this version could be switched on."""
        return not self.is_on and not self.known.retired and self.definition is not None


@dataclass(frozen=True)
class ChangedVersion:
    """A version with what it changed against the one before, in the same way of writing."""

    version: Version
    changed: list[DiffLine]
    on: bool

    @property
    def number(self) -> int:
        return self.version.number


def versions_changed(known: KnownPlay) -> list[ChangedVersion]:
    """Every version, the newest first."""
    rows = versions_of(KIND, known.key, shipped().get(known.key))
    bodies = {row.number: _alike(known.key, row.body) for row in rows}
    older = [row.number for row in rows[1:]]
    return [
        ChangedVersion(
            row,
            difference(bodies[before], bodies[row.number]) if before is not None else [],
            known.running == row.number,
        )
        for row, before in zip(rows, [*older, None], strict=True)
    ]


def _alike(key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as the editor would write it, so that only what it says makes a difference."""
    try:
        parse(key, body)
    except InvalidDefinition:
        return ordered(body)
    return ordered(body_of(draft_of(body), {}))
