"""A metric as a frozen dataclass, and the table of kinds that says which fields each may have."""

from dataclasses import dataclass, field

from tenure.metrics.definitions.formula import Node

EVENTS = "events"
CONTRACTS = "contracts"
FACT_SOURCES = ("tickets", "touchpoints", "surveys", "invoices")
SOURCES = (EVENTS, *FACT_SOURCES, CONTRACTS)


@dataclass(frozen=True)
class PropertyFilter:
    """An event counts when its property (a dotted path), as text, is one of `values`."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """Which facts count. Empty tuples let everything through; properties are for events only."""

    source: str
    event: tuple[str, ...] = ()
    properties: tuple[PropertyFilter, ...] = ()
    kind: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """One number per account and week.

    `clauses` are alternatives. `window` is in days, up to and including the last day of the row.
    `of` is an event property (sum, breadth) or another metric (trend, baseline, share_of_weeks).
    """

    key: str
    title: str
    description: str
    unit: str
    kind: str
    higher_is_better: bool | None = None
    clauses: tuple[Clause, ...] = ()
    window: int = 7
    of: str = ""
    weeks: int = 0
    min_weeks: int = 0
    floor: float = 1.0
    pending: str = "ignore"
    cap: float | None = None
    formula: Node | None = None
    inputs: tuple[str, ...] = ()
    body: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def derived(self) -> bool:
        """Whether it is computed from other metrics rather than from facts."""
        return KINDS[self.kind].derived

    @property
    def own_sources(self) -> tuple[str, ...]:
        """The sources its own clauses read."""
        return tuple(dict.fromkeys(clause.source for clause in self.clauses))


@dataclass(frozen=True)
class Kind:
    """What a kind of metric reads and which fields its definition must or may have."""

    sources: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    @property
    def derived(self) -> bool:
        return not self.sources


_FACTS = frozenset({"source", "where", "window"})
_EVENTS = (EVENTS,)
KINDS: dict[str, Kind] = {
    "count": Kind((EVENTS, *FACT_SOURCES), may=_FACTS),
    "people": Kind(_EVENTS, may=_FACTS),
    "days": Kind(_EVENTS, may=_FACTS),
    "breadth": Kind(_EVENTS, may=_FACTS | {"of"}),
    "sum": Kind(_EVENTS, needs=frozenset({"of"}), may=_FACTS),
    "since": Kind((EVENTS, *FACT_SOURCES), may=frozenset({"source", "where"})),
    "open": Kind(("tickets",), may=frozenset({"source", "where"})),
    "mean": Kind(("tickets", "touchpoints", "surveys"), may=_FACTS),
    "nps": Kind(("surveys",), may=_FACTS),
    "delay": Kind(("tickets", "touchpoints", "invoices"), may=_FACTS | {"pending", "cap"}),
    "seats": Kind((CONTRACTS,), may=frozenset({"source"})),
    "ratio": Kind(needs=frozenset({"over", "by"})),
    "formula": Kind(needs=frozenset({"formula"})),
    "trend": Kind(needs=frozenset({"of"}), may=frozenset({"weeks"})),
    "baseline": Kind(needs=frozenset({"of"}), may=frozenset({"weeks", "min_weeks", "floor"})),
    "share_of_weeks": Kind(needs=frozenset({"of"}), may=frozenset({"weeks", "min_weeks"})),
}
COMMON = frozenset({"key", "title", "description", "unit", "kind", "higher_is_better"})
