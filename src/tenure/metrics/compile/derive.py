"""Metrics over metrics: windows over an account's rows, ratios and formulas."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile import tables
from tenure.metrics.compile.usage import ACTIVE, SEEN
from tenure.metrics.definitions.formula import Call, Name, Node, Number, Operation
from tenure.metrics.definitions.metric import Metric

MAD_TO_SIGMA = 1.4826
# Weeks are counted from about now, so that week times value keeps its digits.
WEEK_2020 = 2609


def with_days_since(rows: ir.Table, metrics: list[Metric]) -> ir.Table:
    """Turn the last days of `since` metrics, week by week, into days since."""
    since = {}
    for metric in metrics:
        if metric.kind == "since":
            last = rows[metric.key].max().over(_so_far())
            since[metric.key] = (rows.end_day - last).cast("float64")
    system = {name: rows[name].max().over(_so_far()) for name in (ACTIVE, SEEN)}
    return rows.mutate(**since, **system)


def levels(metrics: Sequence[Metric]) -> list[list[Metric]]:
    """Derived metrics grouped so that each leans only on groups before its own."""
    level: dict[str, int] = {}
    for metric in metrics:
        level[metric.key] = 1 + max((level.get(key, 0) for key in metric.inputs), default=0)
    return [
        [m for m in metrics if level[m.key] == number]
        for number in range(1, max(level.values(), default=0) + 1)
    ]


def with_metrics(rows: ir.Table, metrics: list[Metric], *, windowed: bool) -> ir.Table:
    """Add derived metrics of one level; earlier rows keep the value they came with.

    `windowed`: medians are taken over a window, which is three times as fast as collecting its
    values first. Those are collected for an engine that cannot, and where most rows are earlier
    ones, for which no median is needed.
    """
    baselines = [] if windowed else [m for m in metrics if m.kind == "baseline"]
    if baselines:
        rows = rows.mutate(**{f"_past_{m.key}": _past(rows, m) for m in baselines})
    values = {}
    for metric in metrics:
        value = _value(rows, metric).cast("float64")
        if metric.key in rows.columns:
            value = ibis.ifelse(rows.seed, rows[metric.key], value)
        values[metric.key] = value
    rows = rows.mutate(**values)
    return rows.drop(*(f"_past_{m.key}" for m in baselines)) if baselines else rows


def _value(rows: ir.Table, metric: Metric) -> ir.Value:
    if metric.formula is not None:
        return evaluate(rows, metric.formula)
    if metric.kind == "trend":
        return _trend(rows, metric)
    if metric.kind == "share_of_weeks":
        return _share_of_weeks(rows, metric)
    return _baseline(rows, metric)


def _so_far() -> ibis.expr.builders.WindowBuilder:
    return ibis.cumulative_window(group_by="account_id", order_by="week")


def _last(weeks: int) -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by="account_id", order_by="week", preceding=weeks - 1, following=0)


def _trend(rows: ir.Table, metric: Metric) -> ir.Value:
    """Least squares slope of log(1 + x) on the week, over exactly `weeks` known values.

    With t = 0 … n−1 the slope is (Σ t·y − (n−1)/2·Σ y) / (n(n²−1)/12). Σ t·y is the sum, over the
    rows of the window, of what is left of Σ y from each row on; it is taken here from the row's
    own number, which is small, so that the difference keeps its digits.
    """
    n = metric.weeks
    window = _last(n)
    one_more = rows[metric.of] + 1.0
    y = ibis.ifelse(one_more > 0, one_more, ibis.null("float64")).log()
    t = (rows.week - WEEK_2020).cast("float64")
    sum_y, sum_ty = y.sum().over(window), (y * t).sum().over(window)
    slope = (sum_ty - sum_y * (t - (n - 1) / 2)) / (n * (n * n - 1) / 12)
    return ibis.ifelse(y.count().over(window) == n, slope, ibis.null("float64"))


def _share_of_weeks(rows: ir.Table, metric: Metric) -> ir.Value:
    known = rows[metric.of]
    share = (known > 0).cast("float64").mean().over(_last(metric.weeks))
    count = known.count().over(_last(metric.weeks))
    return ibis.ifelse(count >= metric.min_weeks, share, ibis.null("float64"))


def _before(metric: Metric) -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by="account_id", order_by="week", preceding=(metric.weeks, 1))


def _past(rows: ir.Table, metric: Metric) -> ir.Value:
    return rows[metric.of].collect().over(_before(metric))


def _baseline(rows: ir.Table, metric: Metric) -> ir.Value:
    """(x − median) / max(1.4826·MAD, floor) against the `weeks` rows before this one."""
    x, name = rows[metric.of], f"_past_{metric.key}"
    if name in rows.columns:
        past = rows[name]
        known = past.length().fill_null(0)
        median, mad = tables.tenure_median(past), tables.tenure_mad(past)
    else:
        before = _before(metric)
        known, median = x.count().over(before), x.median().over(before)
        mad = tables.mad(x).over(before)
    z = (x - median) / ibis.greatest(mad * MAD_TO_SIGMA, metric.floor)
    wanted = (known >= metric.min_weeks) & ~rows.seed
    return ibis.ifelse(wanted, z, ibis.null("float64"))


def evaluate(rows: ir.Table, node: Node) -> ir.Value:
    """A formula over columns: null in, null out; a division by zero is null."""
    if isinstance(node, Number):
        return ibis.literal(node.value, "float64")
    if isinstance(node, Name):
        return rows[node.key]
    if isinstance(node, Operation):
        return _operation(node.symbol, evaluate(rows, node.left), evaluate(rows, node.right))
    return _call(node, [evaluate(rows, argument) for argument in node.arguments])


def _operation(symbol: str, left: ir.Value, right: ir.Value) -> ir.Value:
    if symbol == "+":
        return left + right
    if symbol == "-":
        return left - right
    if symbol == "*":
        return left * right
    return left / right.nullif(0.0)


def _call(node: Call, arguments: list[ir.Value]) -> ir.Value:
    if node.function == "coalesce":
        return ibis.coalesce(*arguments)
    if node.function == "abs":
        return arguments[0].abs()
    if node.function == "log1p":
        one_more = arguments[0] + 1.0
        return ibis.ifelse(one_more > 0, one_more, ibis.null("float64")).log()
    known = arguments[0].notnull()
    for argument in arguments[1:]:
        known = known & argument.notnull()
    pick = ibis.least if node.function == "min" else ibis.greatest
    return ibis.ifelse(known, pick(*arguments), ibis.null("float64"))
