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
    last = {name: rows[name].max().over(_so_far()) for name in _running(metrics)}
    return rows.mutate(**_as_days(rows, last, metrics))


def days_since_continued(rows: ir.Table, stored: ir.Table, metrics: list[Metric]) -> ir.Table:
    """The same for rows that go on from stored ones, which hold the days since until then."""
    since = {m.key for m in metrics if m.kind == "since"}
    before = stored.group_by("account_id").agg(
        **{
            f"_before_{name}": (stored.end_day - stored[name] if name in since else stored[name])
            .cast("int64")
            .max()
            for name in _running(metrics)
        }
    )
    rows = rows.left_join(before, "account_id").drop("account_id_right")
    last = {
        name: ibis.greatest(
            ibis.coalesce(rows[name].max().over(_so_far()), rows[f"_before_{name}"]),
            ibis.coalesce(rows[f"_before_{name}"], rows[name].max().over(_so_far())),
        )
        for name in _running(metrics)
    }
    return rows.mutate(**_as_days(rows, last, metrics)).drop(*(f"_before_{n}" for n in last))


def _running(metrics: list[Metric]) -> list[str]:
    return [*(m.key for m in metrics if m.kind == "since"), ACTIVE, SEEN]


def _as_days(
    rows: ir.Table, last: dict[str, ir.Value], metrics: list[Metric]
) -> dict[str, ir.Value]:
    since = {m.key for m in metrics if m.kind == "since"}
    return {
        name: (rows.end_day - day).cast("float64") if name in since else day
        for name, day in last.items()
    }


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
    """Add derived metrics of one level.

    `windowed`: medians are taken over a window, which is three times as fast as collecting its
    values first. Those are collected for an engine that cannot.
    """
    baselines = [] if windowed else [m for m in metrics if m.kind == "baseline"]
    if baselines:
        rows = rows.mutate(**{f"_past_{m.key}": _past(rows, m) for m in baselines})
    rows = rows.mutate(**{m.key: _value(rows, m).cast("float64") for m in metrics})
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
    y = log1p(rows[metric.of])
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
    return robust_z(metric, x, known, median, mad)


def robust_z(
    metric: Metric, x: ir.Value, known: ir.Value, median: ir.Value, mad: ir.Value
) -> ir.Value:
    """How far x is from the median, where enough weeks are known."""
    z = (x - median) / ibis.greatest(mad * MAD_TO_SIGMA, metric.floor)
    return ibis.ifelse(known >= metric.min_weeks, z, ibis.null("float64"))


def log1p(x: ir.Value) -> ir.Value:
    """log(1 + x), null where there is none."""
    one_more = x + 1.0
    return ibis.ifelse(one_more > 0, one_more, ibis.null("float64")).log()


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
        return log1p(arguments[0])
    known = arguments[0].notnull()
    for argument in arguments[1:]:
        known = known & argument.notnull()
    pick = ibis.least if node.function == "min" else ibis.greatest
    return ibis.ifelse(known, pick(*arguments), ibis.null("float64"))
