"""What a look at an uploaded file saw, as it is kept until the file is loaded."""

from typing import Any

import msgspec


class Column(msgspec.Struct, frozen=True):
    """A column of the file. `kind`: required, known, or custom (it becomes a custom field)."""

    name: str
    kind: str


class Refusal(msgspec.Struct, frozen=True):
    """A cell or row that would not be taken, and why."""

    line: int
    column: str
    value: str
    reason: str


class Look(msgspec.Struct, frozen=True):
    """`problems`: why the file cannot be loaded as its table. `rows`: the first ones, as text.

    `taken`: rows that would be loaded; `unchanged`: that say what is known already; `rejected`:
    rows and cells that would not be taken, the first of them in `refusals`.
    """

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    problems: tuple[str, ...] = ()
    taken: int = 0
    unchanged: int = 0
    rejected: int = 0
    refusals: tuple[Refusal, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it was looked at and is its table."""
        return bool(self.columns) and not self.problems


def kept(look: Look) -> Any:
    """A look as JSON keeps it."""
    return msgspec.to_builtins(look)


def look_of(stored: Any) -> Look:
    """A look as it was kept."""
    return msgspec.convert(stored or {}, Look)
