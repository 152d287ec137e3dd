"""Metrics over metrics for rows that go on from stored ones: looked back on by a join.

A new day asks for one row of each account but looks back on half a year of it. Windows would run
over all of those rows; here each new row meets the rows it looks back on, and one grouping does.
"""

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile import derive, tables
from tenure.metrics.compile.usage import ROW
from tenure.metrics.definitions.metric import Metric


def with_metrics(rows: ir.Table, stored: ir.Table, metrics: list[Metric]) -> ir.Table:
    """Add derived metrics of one level to `rows`, which follow on `stored`."""
    looking = [m for m in metrics if m.formula is None]
    if looking:
        rows = rows.join(_looked_back(rows, stored, looking), ROW)
    values = {m.key: derive.evaluate(rows, m.formula) for m in metrics if m.formula is not None}
    return rows.mutate(**{key: value.cast("float64") for key, value in values.items()})


def _looked_back(rows: ir.Table, stored: ir.Table, metrics: list[Metric]) -> ir.Table:
    """account_id, week and the metrics of each row."""
    columns = sorted({m.of for m in metrics})
    reach = max(m.weeks for m in metrics)
    past = _history(stored, columns).union(_history(rows, columns))
    now = rows.select(*ROW, **{f"_now_{name}": rows[name].cast("float64") for name in columns})
    pairs = now.join(
        past,
        [
            now.account_id == past.past_account,
            past.past_week <= now.week,
            past.past_week >= now.week - reach,
        ],
    )
    pairs = pairs.mutate(back=pairs.week - pairs.past_week)
    grouped = pairs.group_by([*ROW, *(f"_now_{name}" for name in columns)])
    found = grouped.agg(
        **{name: value for m in metrics for name, value in _gathered(pairs, m).items()}
    )
    return found.select(*ROW, **{m.key: _value(found, m).cast("float64") for m in metrics})


def _history(table: ir.Table, columns: list[str]) -> ir.Table:
    values = {f"past_{name}": table[name].cast("float64") for name in columns}
    return table.select(past_account=table.account_id, past_week=table.week, **values)


def _gathered(pairs: ir.Table, metric: Metric) -> dict[str, ir.Value]:
    """What a metric needs of the rows its window holds."""
    x, back, key = pairs[f"past_{metric.of}"], pairs.back, metric.key
    if metric.kind == "trend":
        y, inside = derive.log1p(x), back < metric.weeks
        middle = (metric.weeks - 1) / 2
        sloped = (y * (middle - back.cast("float64"))).sum(where=inside)
        return {f"_known_{key}": y.count(where=inside), f"_sum_{key}": sloped}
    if metric.kind == "share_of_weeks":
        inside = back < metric.weeks
        share = (x > 0).cast("float64").mean(where=inside)
        return {f"_known_{key}": x.count(where=inside), f"_share_{key}": share}
    return {f"_past_{key}": x.collect(where=(back > 0) & (back <= metric.weeks) & x.notnull())}


def _value(found: ir.Table, metric: Metric) -> ir.Value:
    key = metric.key
    if metric.kind == "trend":
        n = metric.weeks
        slope = found[f"_sum_{key}"] / (n * (n * n - 1) / 12)
        return ibis.ifelse(found[f"_known_{key}"] == n, slope, ibis.null("float64"))
    if metric.kind == "share_of_weeks":
        known = found[f"_known_{key}"] >= metric.min_weeks
        return ibis.ifelse(known, found[f"_share_{key}"], ibis.null("float64"))
    past = found[f"_past_{key}"]
    median, mad = tables.tenure_median(past), tables.tenure_mad(past)
    now = found[f"_now_{metric.of}"]
    return derive.robust_z(metric, now, past.length().fill_null(0), median, mad)
