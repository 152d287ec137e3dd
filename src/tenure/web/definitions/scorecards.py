"""What a scorecard weighs, in words and shares, and what a change would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.core.wording import listed, told
from tenure.health.definitions import Column, ScorecardDefinition
from tenure.health.labels import source_title
from tenure.health.models import Band
from tenure.health.selectors import scorecards_current
from tenure.health.services import PreviewRow
from tenure.metrics.selectors import bodies_current
from tenure.web.templatetags.formats import plain

SHOWN = 60
CONDITIONS = {
    "lifecycle": gettext_lazy("lifecycle"),
    "top_tier": gettext_lazy("top tier"),
    "tier": pgettext_lazy("plan", "tier"),
    "employees": gettext_lazy("employees"),
    "months_since_first_paid": gettext_lazy("months since first paid"),
    "segment": gettext_lazy("segment"),
    "industry": gettext_lazy("industry"),
    "country": gettext_lazy("country"),
    "language": gettext_lazy("language"),
}
LIFECYCLES = {
    "trial": pgettext_lazy("lifecycle", "trial"),
    "paying": pgettext_lazy("lifecycle", "paying"),
    "former": pgettext_lazy("lifecycle", "former"),
    "prospect": pgettext_lazy("lifecycle", "prospect"),
    "unknown": pgettext_lazy("lifecycle", "unknown"),
}


@dataclass(frozen=True)
class MeasureRow:
    """One measure: its share of the whole score, and how its value becomes points."""

    title: str
    metric: str
    source: str
    share: float
    points: str


@dataclass(frozen=True)
class GroupRow:
    """One group of measures and its share of the whole score."""

    title: str
    share: float
    measures: tuple[MeasureRow, ...]


def metric_titles() -> dict[str, str]:
    """Key → title of every metric, read once for a page."""
    return {key: told(str(body.get("title", key))) for key, body in bodies_current().items()}


def feature_titles() -> dict[str, str]:
    """Titles of metrics, and of groups of scorecards by `health_` and their key."""
    groups = {
        f"health_{key}": told(title)
        for scorecard in scorecards_current()
        for key, title in scorecard.group_titles
    }
    return groups | metric_titles()


def weights(definition: ScorecardDefinition, metrics: Mapping[str, str]) -> list[GroupRow]:
    """Groups and measures with the share each has when every value is known.

    `metrics`: key → title, from `metric_titles`.
    """
    titles = dict(definition.group_titles)
    columns = {column.key: column for column in definition.columns}
    whole = sum(group.weight for group in definition.scorecard.groups)
    rows = []
    for group in definition.scorecard.groups:
        within = sum(measure.weight for measure in group.measures)
        share = group.weight / whole
        measures = tuple(
            MeasureRow(
                title=_title(columns[m.key], metrics),
                metric=columns[m.key].metric,
                source=source_title(m.source),
                share=share * m.weight / within,
                points=_points(m.knots),
            )
            for m in group.measures
        )
        rows.append(GroupRow(told(titles.get(group.key, group.key)), share, measures))
    return rows


def _title(column: Column, metrics: Mapping[str, str]) -> str:
    if column.title:
        return told(column.title)
    if column.is_pulse:
        return _("Pulse")
    title = metrics.get(column.metric) or column.metric
    if column.baseline_weeks:
        return _("%(metric)s against own past") % {"metric": title}
    return title


def _points(knots: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{plain(value)} → {plain(points)}" for value, points in knots)


def audience(body: dict[str, Any]) -> str:
    """For whom the scorecard is, in words; the conditions themselves where no words are known."""
    match = body.get("match") or {}
    if not match:
        return _("every account")
    return "; ".join(
        _("%(name)s: %(value)s") % {"name": CONDITIONS.get(name, name), "value": _condition(value)}
        for name, value in match.items()
    )


def _condition(value: Any) -> str:
    if isinstance(value, list):
        return listed(str(LIFECYCLES.get(one, one)) for one in value)
    if isinstance(value, dict):
        return listed(_bound(name, one) for name, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _bound(name: str, value: Any) -> str:
    if name == "or_never":
        return _("or never") if value else _("known")
    bound = _("from %(n)s") if name == "from" else _("below %(n)s")
    return bound % {"n": plain(value)}


@dataclass(frozen=True)
class Moves:
    """A preview: counts by (now, then), the accounts that would move, and those with new points.

    `cut`: more would change than are listed.
    """

    pairs: tuple[tuple[str, str, int], ...]
    rows: tuple[Any, ...]
    moved: int
    touched: int
    cut: bool


def moves(preview: Sequence[PreviewRow]) -> Moves:
    """The preview of a scorecard: bands first."""
    moved = [row for row in preview if row.band_now != row.band_then]
    counts = Counter((row.band_now, row.band_then) for row in moved)
    order = [Band.GOOD, Band.FAIR, Band.POOR, Band.UNKNOWN, ""]
    pairs = sorted(counts, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return Moves(
        tuple((old, new, counts[old, new]) for old, new in pairs),
        tuple(preview[:SHOWN]),
        len(moved),
        sum(row.value_now != row.value_then for row in preview),
        len(preview) > SHOWN,
    )
