"""Plots of points over a scale: predicted against observed, a share against a share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenure.web.locales import unit_after


@dataclass(frozen=True)
class Point:
    """A point with its interval upwards and downwards, and how many rows stand behind it."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Trace:
    """Points of one name. `line`: joined by a line instead of drawn as dots."""

    name: str
    points: Sequence[Point]
    tone: str = ""
    line: bool = False


@dataclass(frozen=True)
class Plot:
    """Traces over two scales. `diagonal` names the line on which both are the same, "" for none.

    `summary` says in a sentence what it shows, for who cannot see it. Values are drawn in `unit`;
    `most` ends both axes, where it is given.
    """

    key: str
    title: str
    summary: str
    across: str
    up: str
    traces: Sequence[Trace]
    diagonal: str = ""
    unit: str = "%"
    decimals: int = 0
    most: float | None = None
    size: str = "tall"
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(trace.points for trace in self.traces)

    @property
    def element(self) -> str:
        return f"plot-{self.key}"

    @property
    def columns(self) -> list[str]:
        """The heads of the data table."""
        with_rows = [_("Rows")] if self._counted else []
        ends = [_("Low"), _("High")] if self._bounded else []
        return [self.across, self.up, *ends, *with_rows]

    def rows(self) -> Iterator[tuple[str, list[float | None]]]:
        """The data table: the name of the trace and the numbers of each point."""
        for trace in self.traces:
            for point in trace.points:
                ends = [point.low, point.high] if self._bounded else []
                count = [point.rows] if self._counted else []
                yield trace.name, [point.x, point.y, *ends, *count]

    @property
    def _points(self) -> Iterator[Point]:
        return (point for trace in self.traces for point in trace.points)

    @property
    def _bounded(self) -> bool:
        return any(point.low is not None for point in self._points)

    @property
    def _counted(self) -> bool:
        return any(point.rows is not None for point in self._points)

    def drawing(self, locale: str) -> dict[str, Any]:
        """What the script in the page reads."""
        return {
            "kind": "plot",
            "across": self.across,
            "up": self.up,
            "diagonal": self.diagonal,
            "traces": [
                {
                    "name": trace.name,
                    "tone": trace.tone,
                    "line": trace.line,
                    "points": [[p.x, p.y, p.low, p.high, p.rows] for p in trace.points],
                }
                for trace in self.traces
            ],
            "unit": unit_after(self.unit),
            "decimals": self.decimals,
            "locale": locale,
            "most": self.most,
        }
