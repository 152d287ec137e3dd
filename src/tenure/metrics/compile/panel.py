"""The whole computation: rows of a span with every metric, from base tables and earlier rows."""

from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile import derive, tables, usage
from tenure.metrics.compile.frame import Frame
from tenure.metrics.compile.rows import base_rows, lookback_of, of_events
from tenure.metrics.compile.usage import SYSTEM
from tenure.metrics.definitions.catalogue import Catalogue


@dataclass(frozen=True)
class Step:
    """A query whose result is kept under a name for the steps after it."""

    name: str
    query: ir.Table


@dataclass(frozen=True)
class Plan:
    """Steps in order, then the query for the rows themselves."""

    steps: tuple[Step, ...]
    query: ir.Table
    lookback: int
    _compiled: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)

    def sql(self, dialect: str) -> list[str]:
        """The steps and the query in an engine's SQL, compiled once."""
        if dialect not in self._compiled:
            queries = [*(step.query for step in self.steps), self.query]
            self._compiled[dialect] = [ibis.to_sql(query, dialect=dialect) for query in queries]
        return self._compiled[dialect]


_plans: dict[tuple[str, int, bool], Plan] = {}


def plan_for(catalogue: Catalogue, *, parts: int, seeded: bool) -> Plan:
    """`plan_of`, kept: compiling takes a second, and a worker refreshes every few minutes."""
    key = (catalogue.fingerprint({}), parts, seeded)
    if key not in _plans:
        if len(_plans) > 8:
            _plans.clear()
        _plans[key] = plan_of(catalogue, parts=parts, seeded=seeded)
    return _plans[key]


def seed_columns(catalogue: Catalogue) -> list[str]:
    """The columns that later rows look back on."""
    looked_at = {m.of for m in catalogue.derived if m.weeks}
    looked_at |= {m.key for m in catalogue.base if m.kind == "since"}
    return [*sorted(looked_at), *SYSTEM]


def seed_weeks(catalogue: Catalogue) -> int:
    """How many rows before the span are looked back on."""
    return max([m.weeks for m in catalogue.derived] + [1])


def plan_of(catalogue: Catalogue, *, parts: int, seeded: bool) -> Plan:
    """How to compute account_id, week, every metric (float64) and the system columns.

    Args:
        catalogue: What to compute.
        parts: How many parts the span has: two when its last week still runs.
        seeded: Whether `tenure_seeds` holds the rows before the span.
    """
    base = list(catalogue.base)
    lookback = lookback_of(base)
    steps: list[Step] = []
    for number in range(parts):
        part = Frame(number)
        people = Step(f"tenure_people_{number}", usage.by_person(of_events(base), part, lookback))
        steps.append(people)
        rows = base_rows(base, part, _kept(people))
        steps.append(Step(f"tenure_base_{number}", rows))
    fresh = [_kept(step) for step in steps[1::2]]
    rows = fresh[0] if len(fresh) == 1 else fresh[0].union(fresh[1])
    rows = rows.mutate(seed=ibis.literal(False))
    if seeded:
        rows = _union_seeds(rows, catalogue)
    rows = derive.with_days_since(rows, base)
    for metrics in derive.levels(catalogue.derived):
        rows = derive.with_metrics(rows, metrics)
    rows = rows.filter(~rows.seed)
    values = {key: rows[key].cast("float64") for key in catalogue.keys}
    system = {name: rows[name].cast("int64") for name in SYSTEM}
    query = rows.select("account_id", "week", **values, **system)
    return Plan(tuple(steps), query.order_by("account_id", "week"), lookback)


def _kept(step: Step) -> ir.Table:
    return ibis.table(step.query.schema(), name=step.name)


def _union_seeds(fresh: ir.Table, catalogue: Catalogue) -> ir.Table:
    """Put the stored rows from before the span under the fresh ones."""
    stored = tables.seeds(seed_columns(catalogue))
    since = {m.key for m in catalogue.base if m.kind == "since"}
    derived = {m.key for m in catalogue.derived} & set(stored.columns)
    fresh = fresh.mutate(**{key: ibis.null("float64") for key in sorted(derived)})
    columns: dict[str, ir.Value] = {}
    for name in fresh.columns:
        kind = fresh[name].type()
        if name == "seed":
            columns[name] = ibis.literal(True)
        elif name in since:
            # A stored row knows the days since; the last day itself is what runs on.
            columns[name] = (stored.end_day - stored[name]).cast(kind)
        elif name in stored.columns:
            columns[name] = stored[name].cast(kind)
        else:
            columns[name] = ibis.null(kind)
    return fresh.union(stored.select(**columns))
