"""Metrics over events: one pass by person and week, one by feature and week for breadth."""

from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile import tables
from tenure.metrics.compile.frame import Frame
from tenure.metrics.definitions.metric import Clause, Metric

ACTIVE = "active_us"
SEEN = "event_day"
SYSTEM = (ACTIVE, SEEN)
ROW = ["account_id", "week"]


@dataclass(frozen=True)
class Piece:
    """Columns by account and week, to be joined to the rows."""

    table: ir.Table
    columns: tuple[str, ...]


def by_person(metrics: list[Metric], span: Frame, lookback: int) -> ir.Table:
    """Events by account, week and person, with what each metric will add up."""
    events = bucketed(span, lookback)
    partials = {m.key: _partial(events, m) for m in metrics if m.kind in _PARTIALS}
    for metric in _people(metrics):
        where = condition(events, metric)
        if where is not None:
            partials[metric.key] = where.any()
    return events.group_by([*ROW, "person_id"]).agg(**partials, us=events.us.max())


def pieces(metrics: list[Metric], span: Frame, lookback: int, by_person: ir.Table) -> list[Piece]:
    """What events contribute: weekly partials, and changes of how many are active in a window.

    `by_person`: the table of that name, computed before.
    """
    weekly = [m for m in metrics if m.kind in _PARTIALS]
    people = _people(metrics)
    made = [_by_week(by_person, weekly, [m for m in people if m.window == 7])]
    made += [
        _active_in_window(by_person.filter(_active(by_person, m)), "person_id", m)
        for m in people
        if m.window > 7
    ]
    made += [_breadth(bucketed(span, m.window // 7 - 1), m) for m in metrics if m.kind == "breadth"]
    return made


def bucketed(span: Frame, lookback: int) -> ir.Table:
    """The events a span needs, each with the number of its week and the bit of its day."""
    events = tables.events()
    events = events.filter(
        events.day >= span.first_day(lookback),
        events.day <= span.end_day,
    )
    return events.mutate(week=span.week(events.day), bit=span.bit(events.day))


def condition(events: ir.Table, metric: Metric) -> ir.BooleanValue | None:
    """Which events a metric counts; None when all."""
    tests = [_clause(events, clause) for clause in metric.clauses]
    known = [test for test in tests if test is not None]
    if len(known) < len(tests):
        return None
    return reduce(lambda left, right: left | right, known).fill_null(False)


def _clause(events: ir.Table, clause: Clause) -> ir.BooleanValue | None:
    tests = [events.event.isin(clause.event)] if clause.event else []
    tests += [
        tables.tenure_text(events.properties, test.name).isin(test.values)
        for test in clause.properties
    ]
    return reduce(lambda left, right: left & right, tests) if tests else None


def _partial(events: ir.Table, metric: Metric) -> ir.Value:
    where = condition(events, metric)
    if metric.kind == "count":
        return events.count(where=where)
    if metric.kind == "sum":
        amount = tables.tenure_number(events.properties, metric.of)
        counted = amount if where is None else ibis.ifelse(where, amount, ibis.null("float64"))
        return counted.sum()
    if metric.kind == "since":
        return events.day.max(where=where)
    bit = events.bit if where is None else ibis.ifelse(where, events.bit, ibis.null("int64"))
    return tables.bit_or(bit)


_PARTIALS = frozenset({"count", "sum", "since", "days"})


def _people(metrics: list[Metric]) -> list[Metric]:
    return [m for m in metrics if m.kind == "people"]


def _active(by_person: ir.Table, metric: Metric) -> ir.BooleanValue:
    known = by_person.person_id != 0
    return known & by_person[metric.key] if metric.key in by_person.columns else known


def _by_week(by_person: ir.Table, weekly: list[Metric], people: list[Metric]) -> Piece:
    columns = {}
    for metric in weekly:
        column = by_person[metric.key]
        if metric.kind == "days":
            columns[metric.key] = tables.bit_count(tables.bit_or(column))
        else:
            columns[metric.key] = column.max() if metric.kind == "since" else column.sum()
    for metric in people:
        columns[metric.key] = _active(by_person, metric).cast("int64").sum()
    columns[ACTIVE] = by_person.us.max(where=by_person.person_id != 0)
    columns[SEEN] = by_person.us.max() // 86_400_000_000
    return Piece(by_person.group_by(ROW).agg(**columns), tuple(columns))


def _active_in_window(active: ir.Table, of: str, metric: Metric) -> Piece:
    """By week, how much the number of different `of` active in the window changes.

    One that is active in a week counts from there until the window has passed, or until it is
    active again: +1 and −1 at the ends of that interval add up to the distinct count.
    """
    following = active.week.lead().over(ibis.window(group_by=["account_id", of], order_by="week"))
    spells = active.select("account_id", "week", following=following)
    end = spells.week + metric.window // 7
    starts = spells.select("account_id", "week", step=ibis.literal(1, "int64"))
    ends = spells.select(
        "account_id",
        week=ibis.least(end, spells.following.fill_null(end)),
        step=ibis.literal(-1, "int64"),
    )
    steps = starts.union(ends)
    return Piece(steps.group_by(ROW).agg(**{metric.key: steps.step.sum()}), (metric.key,))


def _breadth(events: ir.Table, metric: Metric) -> Piece:
    feature = tables.tenure_text(events.properties, metric.of) if metric.of else events.event
    used = events.mutate(feature=feature)
    where = condition(used, metric)
    if where is not None:
        used = used.filter(where)
    used = used.filter(used.feature.notnull()).select(*ROW, "feature").distinct()
    if metric.window > 7:
        return _active_in_window(used, "feature", metric)
    return Piece(used.group_by(ROW).agg(**{metric.key: used.count()}), (metric.key,))
