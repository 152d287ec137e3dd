"""Scorecards: from their stored or shipped form to frozen dataclasses, faults in sentences."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.engine.health import Bands, Group, Measure, Scorecard
from tenure.health.matching import Match, parse_match
from tenure.health.shape import Faults, keys_only, number, text

KIND = "scorecard"
DEFAULTS = Path(__file__).parent / "defaults"
PULSE_SOURCE = "pulse"
STALE_AFTER_DAYS = 30
_KEY = re.compile(r"[a-z][a-z0-9_]{0,79}")
_SOURCES = {
    "tickets": "tickets",
    "ticket": "tickets",
    "csat": "surveys",
    "nps": "surveys",
    "touch": "touchpoints",
    "two": "touchpoints",
    "sentiment": "touchpoints",
    "payment": "invoices",
}
_MEASURE_PARTS = {
    "key", "title", "metric", "pulse", "weight", "points", "source", "own_baseline",
    "stale_after_days",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """Where a measure's raw value comes from: a metric of the panel, or the pulse.

    `baseline_weeks` above 0: the robust z of the metric against so many weeks of the account's own.
    """

    key: str
    title: str
    group: str
    source: str
    metric: str = ""
    baseline_weeks: int = 0
    stale_after_days: int = STALE_AFTER_DAYS

    @property
    def is_pulse(self) -> bool:
        return not self.metric


@dataclass(frozen=True)
class ScorecardDefinition:
    """A scorecard as the room works with it: for whom, from what, and how it adds up."""

    key: str
    title: str
    order: float
    match: Match
    scorecard: Scorecard
    columns: tuple[Column, ...]
    group_titles: tuple[tuple[str, str], ...]


def parse(body: Mapping[str, Any], key: str = "scorecard", version: int = 0) -> ScorecardDefinition:
    """The scorecard a body describes.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    faults: Faults = []
    if not isinstance(body, Mapping):
        raise InvalidDefinition(
            [_("A scorecard must be a mapping with at least the part 'groups'.")]
        )
    keys_only(
        body,
        {"title", "order", "match", "minimum_coverage", "bands", "groups"},
        _("The scorecard"),
        faults,
    )
    groups, columns = _groups(body.get("groups"), faults)
    least = number(body, "minimum_coverage", _("The scorecard"), faults, default=0.5, low=0, high=1)
    bands = _bands(body.get("bands", {}), faults)
    match = parse_match(body.get("match", {}), faults)
    if faults:
        raise InvalidDefinition(faults)
    return ScorecardDefinition(
        key=key,
        title=text(body, "title", key.replace("_", " ").capitalize()),
        order=number(body, "order", _("The scorecard"), faults, default=100),
        match=match,
        scorecard=Scorecard(key, version, groups, bands, least),
        columns=columns,
        group_titles=tuple(
            (g["key"], text(g, "title", g["key"].capitalize())) for g in body["groups"]
        ),
    )


def _bands(body: object, faults: Faults) -> Bands:
    if not isinstance(body, Mapping):
        faults.append(_("bands must give good and fair, as {good: 70, fair: 40}."))
        return Bands()
    keys_only(body, {"good", "fair"}, "bands", faults)
    good = number(body, "good", "bands", faults, default=70, low=0, high=100)
    fair = number(body, "fair", "bands", faults, default=40, low=0, high=100)
    if fair >= good:
        faults.append(
            _("bands: fair (%(fair)g) must begin below good (%(good)g).")
            % {"fair": fair, "good": good}
        )
    return Bands(good, fair)


def _groups(body: object, faults: Faults) -> tuple[tuple[Group, ...], tuple[Column, ...]]:
    if not isinstance(body, list) or not body:
        faults.append(_("The scorecard needs groups: a list with at least one group of measures."))
        return (), ()
    groups, columns, seen = [], [], set()
    for index, group in enumerate(body, start=1):
        if not isinstance(group, Mapping) or not _is_key(group.get("key")):
            faults.append(
                _("Group %(index)s needs a key of small letters, digits and underscores.")
                % {"index": index}
            )
            continue
        name = _("Group %(key)r") % {"key": group["key"]}
        if group["key"] in seen:
            faults.append(_("%(name)s is there twice; give one another key.") % {"name": name})
        seen.add(group["key"])
        keys_only(group, {"key", "title", "weight", "measures"}, name, faults)
        weight = number(group, "weight", name, faults, above=0)
        pairs = _measures(group, name, faults)
        groups.append(Group(group["key"], weight, tuple(measure for measure, _ in pairs)))
        columns += [column for _, column in pairs]
    keys = [column.key for column in columns]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        faults.append(
            _("Measure %(key)r is there twice; give one of them another key.") % {"key": key}
        )
    return tuple(groups), tuple(columns)


def _is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _measures(group: Mapping[str, Any], name: str, faults: Faults) -> list[tuple[Measure, Column]]:
    bodies = group.get("measures")
    if not isinstance(bodies, list) or not bodies:
        faults.append(_("%(name)s needs measures: a list with at least one.") % {"name": name})
        return []
    found = []
    for index, body in enumerate(bodies, start=1):
        where = _("%(name)s, measure %(index)s") % {"name": name, "index": index}
        if not isinstance(body, Mapping):
            faults.append(
                _("%(where)s must be a mapping such as {metric: active_days, weight: 1}.")
                % {"where": where}
            )
            continue
        found.append(_measure(body, group["key"], where, faults))
    return found


def _measure(
    body: Mapping[str, Any], group: str, where: str, faults: Faults
) -> tuple[Measure, Column]:
    keys_only(body, _MEASURE_PARTS, where, faults)
    metric, pulse = body.get("metric", ""), body.get("pulse", False)
    if pulse not in (True, False) or bool(metric) == pulse or (metric and not _is_key(metric)):
        faults.append(
            _("%(where)s needs either a metric's key or 'pulse: true'.") % {"where": where}
        )
        metric = ""
    own = body.get("own_baseline", False)
    if own not in (True, False) or (own and pulse):
        faults.append(
            _("%(where)s: own_baseline must be true or false, and goes with a metric.")
            % {"where": where}
        )
    key = body.get("key", (f"{metric}_own" if own is True else metric) or "pulse")
    if not _is_key(key):
        faults.append(
            _("%(where)s: its key must be of small letters, digits and underscores.")
            % {"where": where}
        )
        key = "unnamed"
    weight = number(body, "weight", where, faults, default=1, above=0)
    stale = number(body, "stale_after_days", where, faults, default=STALE_AFTER_DAYS, low=1)
    standard = [[0, 0], [100, 100]] if pulse is True else [[-3, 0], [0, 75], [2, 100]]
    usual = standard if pulse is True or own is True else None
    knots = _points(body.get("points", usual), where, faults)
    source = PULSE_SOURCE if pulse is True else text(body, "source", _source_of(str(metric)))
    column = Column(
        key=key,
        title=text(body, "title", ""),
        group=group,
        source=source,
        metric=str(metric),
        baseline_weeks=26 if own is True else 0,
        stale_after_days=int(stale),
    )
    return Measure(key, weight, knots, source), column


def _source_of(metric: str) -> str:
    return _SOURCES.get(metric.split("_", 1)[0], "events")


def _points(body: object, where: str, faults: Faults) -> tuple[tuple[float, float], ...]:
    pairs = body if isinstance(body, list) else []
    knots = [
        (float(p[0]), float(p[1]))
        for p in pairs
        if isinstance(p, list | tuple) and len(p) == 2 and all(_finite(x) for x in p)
    ]
    if len(knots) != len(pairs) or len({x for x, _ in knots}) != len(knots) or len(knots) < 2:
        faults.append(
            _("%(where)s needs points: two or more pairs [raw value, points], no raw value twice.")
            % {"where": where}
        )
        return ((0.0, 0.0), (1.0, 100.0))
    if any(not 0 <= y <= 100 for _, y in knots):
        faults.append(_("%(where)s: points must lie between 0 and 100.") % {"where": where})
    return tuple(knots)


def _finite(value: object) -> bool:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and abs(float(value)) < 1e15  # type: ignore[arg-type]


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Key → body of each shipped scorecard."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(DEFAULTS.glob("*.yaml"))
    }


def metrics_of(definitions: tuple[ScorecardDefinition, ...]) -> list[str]:
    """The metrics that some scorecard asks for, each once."""
    columns = chain.from_iterable(d.columns for d in definitions)
    return sorted({column.metric for column in columns if column.metric})
