"""What a part of the benchmark hands back: tables to read and figures with their bars."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tenure.engine.scoring import Estimate

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One measured figure, what it has to be, and whether it is."""

    name: str
    shown: str
    bar: str
    passed: bool

    def __str__(self) -> str:
        return f"{self.name}: {self.shown} (bar: {self.bar})"


@dataclass(frozen=True)
class Table:
    """Rows of text under column names; the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """All that one part has to say: a paragraph, tables, figures."""

    prose: str
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...] = field(default=())


def counted(rounds: Iterable[T], name: str, total: int) -> Iterator[T]:
    """The same rounds, each announced on the terminal when it is done."""
    for done, one in enumerate(rounds, start=1):
        yield one
        print(f"{name}: {done} of {total}", file=sys.stderr, flush=True)


def at_least(name: str, value: float, bar: float, digits: int = 4) -> Figure:
    return Figure(name, f"{value:.{digits}f}", f"≥ {bar:g}", value >= bar)


def at_most(name: str, value: float, bar: float, digits: int = 4, unit: str = "") -> Figure:
    return Figure(name, f"{value:.{digits}f}{unit}", f"≤ {bar:g}{unit}", value <= bar)


def above(name: str, value: float, bar: float, digits: int = 4) -> Figure:
    return Figure(name, f"{value:.{digits}f}", f"> {bar:g}", value > bar)


def between(name: str, value: float, low: float, high: float, digits: int = 3) -> Figure:
    return Figure(name, f"{value:.{digits}f}", f"{low:g} to {high:g}", low <= value <= high)


def below_zero(name: str, difference: Estimate, digits: int = 4) -> Figure:
    """A difference of losses whose whole interval must be below 0."""
    return Figure(name, interval(difference, digits), "interval below 0", difference.high < 0)


def interval(estimate: Estimate, digits: int = 4) -> str:
    """Value and interval as text, with signs."""
    low, high = f"{estimate.low:+.{digits}f}", f"{estimate.high:+.{digits}f}"
    return f"{estimate.value:+.{digits}f} ({low} … {high})"


def figures_of(
    rows: Mapping[str, Sequence[float]], digits: Sequence[int]
) -> tuple[tuple[str, ...], ...]:
    """Rows of numbers as rows of text; nan as a dash."""
    return tuple(
        (name, *(_number(value, places) for value, places in zip(values, digits, strict=True)))
        for name, values in rows.items()
    )


def _number(value: float, places: int) -> str:
    return "–" if value != value else f"{value:.{places}f}"


def as_text(table: Table) -> str:
    """For the terminal."""
    lines = [table.columns, *table.rows]
    wide = [max(len(line[at]) for line in lines) for at in range(len(table.columns))]
    shown = [
        "  ".join(
            [line[0].ljust(wide[0]), *(x.rjust(w) for x, w in zip(line[1:], wide[1:], strict=True))]
        )
        for line in lines
    ]
    return "\n".join([table.title, *(f"  {line}" for line in shown)])


def as_markdown(table: Table) -> str:
    """For the document."""
    rule = ["---", *["--:"] * (len(table.columns) - 1)]
    lines = [table.columns, tuple(rule), *table.rows]
    body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"**{table.title}**\n\n{body}"
