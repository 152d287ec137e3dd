"""The rows: every account in every week from its first, with what was counted, null or zero."""

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tenure.metrics.compile import relations, tables, usage
from tenure.metrics.compile.frame import Frame, began
from tenure.metrics.compile.usage import ROW, SYSTEM
from tenure.metrics.definitions.metric import EVENTS, Metric

_STEPS = frozenset({"open", "seats"})
_ROLLED = frozenset({"count", "sum", "days"})


def of_events(metrics: list[Metric]) -> list[Metric]:
    """The metrics that read product events."""
    return [m for m in metrics if m.clauses and m.clauses[0].source == EVENTS]


def lookback_of(metrics: list[Metric]) -> int:
    """How many weeks of events before its first row a span needs."""
    return max((m.window // 7 - 1 for m in of_events(metrics)), default=0)


def base_rows(metrics: list[Metric], span: Frame, by_person: ir.Table) -> ir.Table:
    """Rows of one part of a span, with every metric that is computed from facts.

    Before the first week with any fact of its source a count is null, not zero.
    `since` metrics hold the last day of a fact in the week; `derive` turns it into days.
    """
    usage_metrics, lookback = of_events(metrics), lookback_of(metrics)
    related = [m for m in metrics if m not in usage_metrics]
    made = usage.pieces(usage_metrics, span, lookback, by_person)
    made += relations.pieces(related, span)
    rows = _joined(_grid(span, lookback), made)
    values = {m.key: _value(rows, m) for m in metrics}
    end_day = span.end_of(rows.week)
    rows = rows.select(*ROW, end_day=end_day, **values, **{name: rows[name] for name in SYSTEM})
    return rows.filter(rows.week >= span.first)


def _joined(grid: ir.Table, made: list[usage.Piece]) -> ir.Table:
    """The grid with the columns of all pieces, null where a piece has no row.

    Everything is laid under one another and grouped once: each cell has at most one value, and
    one grouping is less work (on a cluster: less to ship) than a join for each piece.
    """
    kinds = {name: piece.table[name].type() for piece in made for name in piece.columns}
    stacked = _stackable(grid.mutate(_row=ibis.literal(1, "int64")), kinds)
    for piece in made:
        stacked = stacked.union(_stackable(piece.table, kinds))
    columns = {name: stacked[name].max() for name in kinds}
    joined = stacked.group_by(ROW).agg(**columns, _row=stacked["_row"].max())
    return joined.filter(joined["_row"] == 1)


def _stackable(table: ir.Table, kinds: dict[str, dt.DataType]) -> ir.Table:
    missing = {"_row": dt.int64, **kinds}
    columns = {
        name: table[name].cast(kind) if name in table.columns else ibis.null(kind)
        for name, kind in missing.items()
    }
    return table.select(*ROW, **columns)


def _grid(span: Frame, lookback: int) -> ir.Table:
    starts, numbers = tables.starts(), tables.numbers()
    first = span.first - lookback
    weeks = numbers.filter(numbers.n <= span.last - first).select(week=numbers.n + first)
    grid = starts.cross_join(weeks)
    return grid.filter(grid.week >= grid.first_week).select(*ROW)


def _value(rows: ir.Table, metric: Metric) -> ir.Value:
    column = rows[metric.key]
    running = ibis.cumulative_window(group_by="account_id", order_by="week")
    if metric.kind == "since":
        return column
    if metric.kind == "seats":
        known = rows[f"{metric.key}{relations.SEATS_KNOWN}"].sum().over(running)
        total = column.sum().over(running).cast("float64")
        return ibis.ifelse(known > 0, total, ibis.null("float64"))
    if metric.kind in {"mean", "nps", "delay"}:
        return column.cast("float64")
    usage_metric = metric.clauses[0].source == EVENTS
    if metric.kind in _STEPS or (metric.kind in {"people", "breadth"} and metric.window > 7):
        column = column.sum().over(running)
    elif usage_metric and metric.kind in _ROLLED and metric.window > 7:
        window = ibis.window(
            group_by="account_id", order_by="week", preceding=metric.window // 7 - 1, following=0
        )
        column = column.sum().over(window)
    return _since_began(rows, metric, column.cast("float64"))


def _since_began(rows: ir.Table, metric: Metric, column: ir.Value) -> ir.Value:
    weeks = [began(source) for source in metric.own_sources]
    first = weeks[0] if len(weeks) == 1 else ibis.least(*weeks)
    return ibis.ifelse(rows.week >= first, column.fill_null(0.0), ibis.null("float64"))
