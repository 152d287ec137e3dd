"""Metrics over tickets, touchpoints, survey answers, invoices and seats."""

from functools import reduce

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile import tables
from tenure.metrics.compile.frame import Frame
from tenure.metrics.compile.usage import ROW, Piece
from tenure.metrics.definitions.metric import Clause, Metric

SEATS_KNOWN = "_periods"


def pieces(metrics: list[Metric], span: Frame) -> list[Piece]:
    """What the relational facts contribute to the rows of a span."""
    return [_BY_KIND[metric.kind](metric, span) for metric in metrics]


def _matching(metric: Metric) -> ir.Table:
    facts = tables.facts()
    tests = [_clause(facts, clause) for clause in metric.clauses]
    return facts.filter(reduce(lambda left, right: left | right, tests))


def _clause(facts: ir.Table, clause: Clause) -> ir.BooleanValue:
    test = facts.source == clause.source
    if clause.kind:
        test = test & facts.kind.isin(clause.kind)
    if clause.direction:
        test = test & facts.direction.isin(clause.direction)
    return test


def _in_window(metric: Metric, span: Frame) -> ir.Table:
    """Each fact once for every row whose window holds it; `end_day` is that row's last day."""
    facts = _matching(metric)
    reach = -(-metric.window // 7)
    first_day = span.first_day(reach)
    facts = facts.filter(facts.day >= first_day, facts.day <= span.end_day)
    steps = tables.numbers()
    spread = facts.cross_join(steps.filter(steps.n <= reach))
    spread = spread.mutate(week=span.week(spread.day) + spread.n)
    spread = spread.filter(spread.week >= span.first, spread.week <= span.last)
    spread = spread.mutate(end_day=span.end_of(spread.week))
    return spread.filter(spread.day > spread.end_day - metric.window)


def _count(metric: Metric, span: Frame) -> Piece:
    facts = _in_window(metric, span)
    return Piece(facts.group_by(ROW).agg(**{metric.key: facts.count()}), (metric.key,))


def _mean(metric: Metric, span: Frame) -> Piece:
    facts = _in_window(metric, span)
    return Piece(facts.group_by(ROW).agg(**{metric.key: facts.value.mean()}), (metric.key,))


def _nps(metric: Metric, span: Frame) -> Piece:
    facts = _in_window(metric, span)
    vote = ibis.cases((facts.value >= 9, 100.0), (facts.value <= 6, -100.0), else_=0.0)
    return Piece(facts.group_by(ROW).agg(**{metric.key: vote.mean()}), (metric.key,))


def _delay(metric: Metric, span: Frame) -> Piece:
    facts = _in_window(metric, span)
    waited = (facts.end_day - facts.day).cast("float64")
    open_value: ir.Value = ibis.null("float64")
    if metric.pending == "so_far":
        open_value = waited
    elif metric.pending == "cap":
        cap = ibis.literal(metric.cap, "float64")
        open_value = ibis.ifelse(waited >= cap, cap, ibis.null("float64"))
    done = (facts.done_day <= facts.end_day).fill_null(False)
    delay = ibis.ifelse(done, facts.delay, open_value)
    if metric.cap is not None:
        delay = ibis.ifelse(delay > metric.cap, ibis.literal(metric.cap, "float64"), delay)
    return Piece(facts.group_by(ROW).agg(**{metric.key: delay.mean()}), (metric.key,))


def _since(metric: Metric, span: Frame) -> Piece:
    """The last day of a fact in each week; older facts all fall into the first row."""
    facts = _matching(metric)
    facts = facts.filter(facts.day <= span.end_day)
    weekly = facts.mutate(week=ibis.greatest(span.week(facts.day), span.first))
    return Piece(weekly.group_by(ROW).agg(**{metric.key: weekly.day.max()}), (metric.key,))


def _open(metric: Metric, span: Frame) -> Piece:
    """By week, how much the number of open tickets changes."""
    steps = _steps(_matching(metric), span, {metric.key: ibis.literal(1, "int64")})
    return Piece(steps, (metric.key,))


def _seats(metric: Metric, span: Frame) -> Piece:
    """By week, how much the seats change, and the number of periods that name any."""
    seats = tables.seats()
    known = f"{metric.key}{SEATS_KNOWN}"
    steps = _steps(seats, span, {metric.key: seats.seats, known: ibis.literal(1, "int64")})
    return Piece(steps, (metric.key, known))


def _steps(intervals: ir.Table, span: Frame, amounts: dict[str, ir.Value]) -> ir.Table:
    """What starts at `day` and ends at `until_day`, as changes by week from the first row on."""
    intervals = intervals.filter(intervals.day <= span.end_day).mutate(
        **{f"_{name}": amount for name, amount in amounts.items()}
    )
    begun = intervals.select(
        "account_id",
        week=ibis.greatest(span.week(intervals.day), span.first),
        **{name: intervals[f"_{name}"] for name in amounts},
    )
    over = intervals.filter(intervals.until_day <= span.end_day)
    ended = over.select(
        "account_id",
        week=ibis.greatest(span.week(over.until_day), span.first),
        **{name: -over[f"_{name}"] for name in amounts},
    )
    steps = begun.union(ended)
    return steps.group_by(ROW).agg(**{name: steps[name].sum() for name in amounts})


_BY_KIND = {
    "count": _count,
    "mean": _mean,
    "nps": _nps,
    "delay": _delay,
    "since": _since,
    "open": _open,
    "seats": _seats,
}
