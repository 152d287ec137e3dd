"""The whole computation: rows of a span with every metric, from base tables and earlier rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import ibis
import ibis.expr.types as ir

from tenure.metrics.compile import continued, derive, tables, usage
from tenure.metrics.compile.frame import Frame
from tenure.metrics.compile.rows import base_rows, lookback_of, of_events
from tenure.metrics.compile.usage import SYSTEM
from tenure.metrics.definitions.catalogue import Catalogue

PEOPLE, BASE = "tenure_people", "tenure_base"


@dataclass(frozen=True)
class Plan:
    """Three queries. `people` and `base` run once for each part of a span, each with the part's
    values; what `base` gave for part n is kept as `tenure_base_n`, and `rows` reads those.
    """

    people: ir.Table
    base: ir.Table
    lookback: int
    catalogue: Catalogue
    _sql: dict[object, str] = field(default_factory=dict, compare=False, repr=False)

    def people_sql(self, dialect: str) -> str:
        """Events by account, week and person."""
        return self._compiled(dialect, "people", lambda: self.people)

    def base_sql(self, dialect: str) -> str:
        """The rows of one part with every metric that is computed from facts."""
        return self._compiled(dialect, "base", lambda: self.base)

    def rows_sql(self, dialect: str, *, parts: int, seeded: bool) -> str:
        """All rows with every metric. `seeded`: `tenure_seeds` holds the rows before them."""
        windowed = dialect == "duckdb"
        return self._compiled(
            dialect,
            (parts, seeded),
            lambda: _rows(self.catalogue, _fresh(self.base, parts), seeded, windowed=windowed),
        )

    def _compiled(self, dialect: str, name: object, query: Callable[[], ir.Table]) -> str:
        if (dialect, name) not in self._sql:
            self._sql[dialect, name] = str(ibis.to_sql(query(), dialect=dialect, pretty=False))
        return self._sql[dialect, name]


@lru_cache(maxsize=8)
def _plan(fingerprint: str, catalogue: "_Unhashed") -> Plan:
    base = list(catalogue.catalogue.base)
    lookback = lookback_of(base)
    people = usage.by_person(of_events(base), Frame(), lookback)
    rows = base_rows(base, Frame(), ibis.table(people.schema(), name=PEOPLE))
    return Plan(people, rows, lookback, catalogue.catalogue)


class _Unhashed:
    """Lets a catalogue ride along with the fingerprint that stands for it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed)

    def __hash__(self) -> int:
        return 0


def plan_of(catalogue: Catalogue) -> Plan:
    """How to compute a catalogue; kept, because a worker refreshes every few minutes."""
    return _plan(catalogue.fingerprint({}), _Unhashed(catalogue))


def seed_columns(catalogue: Catalogue) -> list[str]:
    """The columns that later rows look back on."""
    looked_at = {m.of for m in catalogue.derived if m.weeks}
    looked_at |= {m.key for m in catalogue.base if m.kind == "since"}
    return [*sorted(looked_at), *SYSTEM]


def seed_weeks(catalogue: Catalogue) -> int:
    """How many rows before the span are looked back on."""
    return max([m.weeks for m in catalogue.derived] + [1])


def _fresh(base: ir.Table, parts: int) -> ir.Table:
    fresh = [ibis.table(base.schema(), name=f"{BASE}_{number}") for number in range(parts)]
    return fresh[0] if parts == 1 else fresh[0].union(fresh[1])


def _rows(catalogue: Catalogue, fresh: ir.Table, seeded: bool, *, windowed: bool) -> ir.Table:
    """account_id, week, every metric (float64) and the system columns, in that order."""
    base, levels = list(catalogue.base), derive.levels(catalogue.derived)
    if seeded:
        stored = tables.seeds(seed_columns(catalogue))
        rows = derive.days_since_continued(fresh, stored, base)
        for metrics in levels:
            rows = continued.with_metrics(rows, stored, metrics)
    else:
        rows = derive.with_days_since(fresh, base)
        for metrics in levels:
            rows = derive.with_metrics(rows, metrics, windowed=windowed)
    values = {key: rows[key].cast("float64") for key in catalogue.keys}
    system = {name: rows[name].cast("int64") for name in SYSTEM}
    return rows.select("account_id", "week", **values, **system).order_by("account_id", "week")
