"""A stored score taken apart, with the names that people read."""

from dataclasses import dataclass
from functools import cached_property

from tenure.core.wording import told
from tenure.engine import health as engine
from tenure.health.definitions import Column, ScorecardDefinition
from tenure.health.in_force import scorecard_version
from tenure.health.labels import measure_title
from tenure.health.models import Score
from tenure.metrics.selectors import bodies_current


@dataclass(frozen=True)
class ExplainedLine:
    """One measure of a score; `points` None: missing. Contributions of all lines sum to it."""

    key: str
    title: str
    group: str
    group_title: str
    source: str
    raw: float | None
    points: float | None
    share: float
    effective: float
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """A score and how it comes about. `value` None: unknown, coverage below the minimum."""

    score: Score
    title: str
    minimum_coverage: float
    lines: tuple[ExplainedLine, ...]

    @property
    def value(self) -> float | None:
        return self.score.value

    @cached_property
    def sources_all(self) -> tuple[str, ...]:
        """The sources the scorecard draws on."""
        return tuple(sorted({line.source for line in self.lines}))

    @cached_property
    def sources_used(self) -> tuple[str, ...]:
        """Those of them that gave at least one measure: "built on 3 of 5 sources"."""
        return tuple(sorted({line.source for line in self.lines if line.points is not None}))


def taken_apart(score: Score) -> engine.Explained:
    """The engine's explanation of a stored score."""
    return engine.explain(score.value, [(m[0], m[1], m[2], m[3]) for m in score.measures])


def explain(score: Score) -> Explanation:
    """How a score comes about: its measures with weights and contributions."""
    definition = scorecard_version(score.scorecard, score.scorecard_version)
    columns = columns_of(definition)
    groups = dict(definition.group_titles) if definition else {}
    metrics = bodies_current()
    lines = []
    for line in taken_apart(score).lines:
        column = columns.get(line.measure)
        lines.append(
            ExplainedLine(
                key=line.measure,
                title=measure_title(line.measure, column, metrics),
                group=column.group if column else "",
                group_title=told(groups.get(column.group, "")) if column else "",
                source=column.source if column else "",
                raw=line.raw,
                points=line.points,
                share=line.share,
                effective=line.effective,
                contribution=line.contribution,
            )
        )
    return Explanation(
        score=score,
        title=told(definition.title) if definition else score.scorecard,
        minimum_coverage=definition.scorecard.minimum_coverage if definition else 0.0,
        lines=tuple(lines),
    )


def columns_of(definition: ScorecardDefinition | None) -> dict[str, Column]:
    """The columns of a scorecard by measure."""
    return {column.key: column for column in definition.columns} if definition else {}
