"""What a feature is: as the metric of breadth has it, so that the page counts what it counts."""

from dataclasses import dataclass

from tenure.metrics.definitions import Metric, parse, shipped_bodies
from tenure.metrics.definitions.metric import Clause
from tenure.metrics.selectors import catalogue_current

KEY = "feature_breadth"


@dataclass(frozen=True)
class Features:
    """SQL over the base table of events, with the values of its parameters.

    `name`: the feature of an event, null for none. `where`: which events count.
    """

    name: str
    where: str
    values: dict[str, str]
    title: str


def features_in_force() -> Features:
    """By the metric `feature_breadth`; else the first of its kind; else the shipped one."""
    metrics = [m for m in catalogue_current().metrics if m.kind == "breadth"]
    metrics.sort(key=lambda metric: (metric.key != KEY, metric.key))
    return features_of(metrics[0] if metrics else parse(shipped_bodies()[KEY]))


def features_of(metric: Metric) -> Features:
    """The features that a metric of breadth counts."""
    values: dict[str, str] = {}
    name = f"tenure_text(properties, {_kept(values, metric.of)})" if metric.of else "event"
    clauses = [_clause(clause, values) for clause in metric.clauses]
    where = " OR ".join(f"({text})" for text in clauses if text)
    # One alternative that lets everything through lets everything through.
    return Features(name, where if where and all(clauses) else "true", values, metric.title)


def _clause(clause: Clause, values: dict[str, str]) -> str:
    tests = [_among("event", clause.event, values)] if clause.event else []
    for test in clause.properties:
        text = f"tenure_text(properties, {_kept(values, test.name)})"
        tests.append(_among(text, test.values, values))
    return " AND ".join(tests)


def _among(expression: str, given: tuple[str, ...], values: dict[str, str]) -> str:
    return f"{expression} IN ({', '.join(_kept(values, value) for value in given)})"


def _kept(values: dict[str, str], value: str) -> str:
    """The name of a parameter that holds a value."""
    name = f"feature_{len(values)}"
    values[name] = value
    return f"${name}"
