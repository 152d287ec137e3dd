"""What the kit draws: small frozen descriptions, and the geometry drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tenure.web.locales import unit_after


@dataclass(frozen=True)
class Series:
    """One line, bar or step of a chart; `values` beside the chart's labels, None is a gap.

    `low`, `high`: its interval, drawn as a band around a line; `inner_low`, `inner_high`: a
    narrower one within it.
    """

    name: str
    values: Sequence[float | None]
    tone: str = ""
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    inner_low: Sequence[float | None] = ()
    inner_high: Sequence[float | None] = ()


@dataclass(frozen=True)
class Flow:
    """An amount going from one node of a Sankey chart to another."""

    source: str
    target: str
    value: float


@dataclass(frozen=True)
class Node:
    """A node of a Sankey chart. `name` may be `group|text`; only the text is drawn."""

    name: str
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart. `summary` says in a sentence what it shows, for who cannot see it.

    `kind`: line, area, step, bar, stacked, sankey or bridge; a bridge has one series, whose first
    and last values are totals and the others changes from one to the other. `size`: short, normal
    or tall. `least`, `most`: the ends of the axis of values, where they cannot go beyond them or
    zero is far away. `marks`: places among the labels to draw a line at, each with its word.
    """

    key: str
    title: str
    summary: str
    kind: str
    labels: Sequence[str] = ()
    series: Sequence[Series] = ()
    flows: Sequence[Flow] = ()
    nodes: Sequence[Node] = ()
    unit: str = ""
    decimals: int = 0
    size: str = "normal"
    note: str = ""
    least: float | None = None
    most: float | None = None
    marks: Sequence[tuple[int, str]] = ()

    @property
    def is_empty(self) -> bool:
        return not self.flows and all(v is None for s in self.series for v in s.values)

    @property
    def element(self) -> str:
        return f"chart-{self.key}"

    def columns(self) -> list[tuple[str, Sequence[float | None]]]:
        """The columns of the data table: the values of each series, and the ends of its band."""
        found: list[tuple[str, Sequence[float | None]]] = []
        for one in self.series:
            found.append((one.name, one.values))
            if one.low:
                found.append((_("%(name)s, low") % {"name": one.name}, one.low))
                found.append((_("%(name)s, high") % {"name": one.name}, one.high))
            if one.inner_low:
                found.append((_("%(name)s, middle half from") % {"name": one.name}, one.inner_low))
                found.append((_("%(name)s, middle half to") % {"name": one.name}, one.inner_high))
        return found

    def rows(self) -> list[tuple[str, list[float | None]]]:
        """The data table: a label and the value of each column."""
        columns = [values for _name, values in self.columns()]
        return [
            (label, [values[i] if i < len(values) else None for values in columns])
            for i, label in enumerate(self.labels)
        ]

    def drawing(self, locale: str) -> dict[str, Any]:
        """What the script in the page reads."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "series": [
                {
                    "name": s.name,
                    "values": list(s.values),
                    "tone": s.tone,
                    "low": list(s.low),
                    "high": list(s.high),
                    "innerLow": list(s.inner_low),
                    "innerHigh": list(s.inner_high),
                }
                for s in self.series
            ],
            "flows": [
                {"source": f.source, "target": f.target, "value": f.value} for f in self.flows
            ],
            "nodes": [{"name": n.name, "tone": n.tone} for n in self.nodes],
            "unit": unit_after(self.unit),
            "decimals": self.decimals,
            "locale": locale,
            "least": self.least,
            "most": self.most,
            "marks": [{"at": at, "text": text} for at, text in self.marks],
        }


@dataclass(frozen=True)
class Spark:
    """A small line drawn by the server: polylines of (x, y), the area below, the last point."""

    lines: tuple[str, ...]
    areas: tuple[str, ...]
    last: tuple[float, float] | None
    first_value: float | None
    last_value: float | None


SPARK_WIDTH, SPARK_HEIGHT, SPARK_PAD = 96.0, 22.0, 2.0


def spark_of(values: Sequence[float | None]) -> Spark | None:
    """The drawing of a series, from zero up; gaps stay gaps. None when nothing is known."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    top = max(*known, 1.0) if len(known) > 1 else max(known[0], 1.0)
    step = (SPARK_WIDTH - 2 * SPARK_PAD) / max(len(values) - 1, 1)
    height = SPARK_HEIGHT - 2 * SPARK_PAD
    points = [
        None if v is None else (SPARK_PAD + i * step, SPARK_PAD + height * (1 - v / top))
        for i, v in enumerate(values)
    ]
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    runs = [run for run in runs if run]
    floor = SPARK_HEIGHT - SPARK_PAD
    return Spark(
        tuple(_path(run) for run in runs),
        tuple(_path([(run[0][0], floor), *run, (run[-1][0], floor)]) for run in runs),
        runs[-1][-1] if points[-1] is not None else None,
        known[0],
        known[-1],
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline. `kind` is a key, `kind_name` its word; the rest is shown as text."""

    at: Any
    kind: str
    kind_name: str
    icon: str
    title: str
    detail: str = ""
    tone: str = ""
    facts: tuple[str, ...] = field(default=())
