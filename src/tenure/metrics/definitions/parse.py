"""From the body of a definition to a `Metric`; every fault becomes a sentence."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.metrics.definitions import formula
from tenure.metrics.definitions.metric import (
    COMMON,
    EVENTS,
    FACT_SOURCES,
    KINDS,
    Clause,
    Kind,
    Metric,
    PropertyFilter,
)

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
PROPERTY = re.compile(r"[$A-Za-z0-9_\- ]{1,80}(\.[$A-Za-z0-9_\- ]{1,80}){0,4}")
WINDOW = re.compile(r"(\d{1,4}) (day|week)s?")
RESERVED = frozenset({"account_id", "week", "end_day", *formula.ARITY})
PENDING = ("ignore", "so_far", "cap")
DEFAULT_WEEKS = {"trend": 8, "baseline": 26, "share_of_weeks": 26}
DEFAULT_MIN_WEEKS = {"trend": 8, "baseline": 8, "share_of_weeks": 4}
LONGEST_WINDOW = 731


class _Reader:
    """Reads fields off a body and collects what is wrong with them."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.problems: list[str] = []
        key = body.get("key")
        self.key = key if isinstance(key, str) and KEY.fullmatch(key) else ""
        self.name = _("Metric %(key)r") % {"key": key}

    def fault(self, text: str) -> None:
        self.problems.append(f"{self.name}: {text}")

    def text(self, field: str, longest: int, *, needed: bool = False) -> str:
        value = self.body.get(field, "")
        if not isinstance(value, str) or len(value) > longest:
            self.fault(
                _("%(field)s must be text of at most %(longest)s characters.")
                % {"field": field, "longest": longest}
            )
            return ""
        if needed and not value.strip():
            self.fault(_("%(field)s is missing; give it some text.") % {"field": field})
        return value.strip()

    def integer(self, field: str, default: int, low: int, high: int) -> int:
        value = self.body.get(field, default)
        if type(value) is not int or not low <= value <= high:
            self.fault(
                _("%(field)s must be a whole number from %(low)s to %(high)s.")
                % {"field": field, "low": low, "high": high}
            )
            return default
        return value

    def number(self, field: str, default: float | None) -> float | None:
        value = self.body.get(field, default)
        if value is None:
            return None
        if type(value) not in {int, float} or not 0 < value < 1e12:
            self.fault(_("%(field)s must be a number above zero.") % {"field": field})
            return default
        return float(value)


def parse(body: Mapping[str, Any]) -> Metric:
    """Check one definition by itself (its references are checked by `catalogue_of`).

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    if not isinstance(body, Mapping):
        raise InvalidDefinition([_("A metric definition must be a mapping of fields to values.")])
    reader = _Reader(body)
    if not reader.key or reader.key in RESERVED:
        reader.fault(
            _(
                "key must be lower-case letters, digits and _, start with a letter, have at "
                "most 60 characters and not be a reserved word."
            )
        )
    kind_name = body.get("kind")
    if not isinstance(kind_name, str) or kind_name not in KINDS:
        reader.fault(_("kind must be one of %(names)s.") % {"names": ", ".join(KINDS)})
        raise InvalidDefinition(reader.problems)
    metric = _metric(reader, kind_name, KINDS[kind_name])
    if reader.problems:
        raise InvalidDefinition(reader.problems)
    return metric


def _metric(reader: _Reader, name: str, kind: Kind) -> Metric:
    _fields(reader, name, kind)
    better = reader.body.get("higher_is_better")
    if better is not None and not isinstance(better, bool):
        reader.fault(_("higher_is_better must be true, false or left out."))
    tree, inputs = _inputs(reader, name)
    return Metric(
        key=reader.key,
        title=reader.text("title", 120, needed=True),
        description=reader.text("description", 1000),
        unit=reader.text("unit", 40),
        kind=name,
        higher_is_better=better,
        clauses=_clauses(reader, kind),
        window=_window(reader, kind),
        of=_of(reader, name),
        weeks=reader.integer("weeks", DEFAULT_WEEKS.get(name, 0), 0, 104),
        min_weeks=reader.integer("min_weeks", DEFAULT_MIN_WEEKS.get(name, 0), 0, 104),
        floor=reader.number("floor", 1.0) or 1.0,
        pending=_pending(reader),
        cap=reader.number("cap", None),
        formula=tree,
        inputs=inputs,
        body=dict(reader.body),
    )


def _fields(reader: _Reader, name: str, kind: Kind) -> None:
    for field in sorted(set(map(str, reader.body)) - COMMON - kind.needs - kind.may):
        reader.fault(
            _("a metric of kind %(name)s has no field %(field)r; remove it.")
            % {"name": name, "field": field[:40]}
        )
    for field in sorted(kind.needs - set(reader.body)):
        reader.fault(
            _("a metric of kind %(name)s needs the field %(field)r.")
            % {"name": name, "field": field}
        )
    weeks = reader.body.get("weeks", 26)
    if name in DEFAULT_WEEKS and type(weeks) is int and weeks < 3:
        reader.fault(_("weeks must be at least 3."))


def _pending(reader: _Reader) -> str:
    pending = reader.body.get("pending", "ignore")
    if pending not in PENDING:
        reader.fault(_("pending must be one of %(names)s.") % {"names": ", ".join(PENDING)})
    if pending == "cap" and reader.body.get("cap") is None:
        reader.fault(_("pending: cap needs the field 'cap', in days."))
    return str(pending)


def _of(reader: _Reader, name: str) -> str:
    of = reader.text("of", 200)
    if name in {"sum", "breadth"} and of and not PROPERTY.fullmatch(of):
        reader.fault(
            _("of must name an event property: letters, digits, _ - $, dots between levels.")
        )
    return of


def _inputs(reader: _Reader, name: str) -> tuple[formula.Node | None, tuple[str, ...]]:
    """The formula tree, and the keys of the metrics this one leans on."""
    if not KINDS[name].derived:
        return None, ()
    if name == "ratio":
        over, by = reader.text("over", 60, needed=True), reader.text("by", 60, needed=True)
        tree: formula.Node = formula.Operation("/", formula.Name(over), formula.Name(by))
        return tree, tuple(dict.fromkeys((over, by)))
    if name != "formula":
        return None, (reader.text("of", 60, needed=True),)
    try:
        tree = formula.read(reader.text("formula", formula.LONGEST, needed=True))
    except formula.FormulaError as error:
        reader.fault(_("its formula cannot be used: %(error)s.") % {"error": error})
        return None, ()
    inputs = tuple(dict.fromkeys(formula.names(tree)))
    if not inputs:
        reader.fault(_("its formula names no metric."))
    return tree, inputs


def _window(reader: _Reader, kind: Kind) -> int:
    text = reader.body.get("window", "1 week")
    match = WINDOW.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        reader.fault(_("window must be like '4 weeks' or '90 days'."))
        return 7
    days = int(match[1]) * (7 if match[2] == "week" else 1)
    if not 1 <= days <= LONGEST_WINDOW:
        reader.fault(
            _("window must be from 1 to %(longest_window)s days.")
            % {"longest_window": LONGEST_WINDOW}
        )
        return 7
    if days % 7 and EVENTS in _sources(reader, kind):
        reader.fault(_("a window over events is in whole weeks; %(text)s is not.") % {"text": text})
    return days


def _sources(reader: _Reader, kind: Kind) -> list[str]:
    where = reader.body.get("where")
    if isinstance(where, list):
        return [str(item.get("source")) for item in where if isinstance(item, Mapping)]
    default = kind.sources[0] if kind.sources else ""
    return [str(reader.body.get("source", default))]


def _clauses(reader: _Reader, kind: Kind) -> tuple[Clause, ...]:
    if kind.derived:
        return ()
    where = reader.body.get("where", {})
    if not isinstance(where, list):
        where = [{"source": _sources(reader, kind)[0], **where}] if _is_mapping(where) else [None]
    if not 1 <= len(where) <= 10:
        reader.fault(_("where must have one to ten alternatives."))
    clauses = [clause for item in where if (clause := _clause(reader, item, kind)) is not None]
    if len({clause.source == EVENTS for clause in clauses}) > 1:
        reader.fault(_("events and other sources cannot be mixed in one metric; use a formula."))
    return tuple(clauses)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _clause(reader: _Reader, item: object, kind: Kind) -> Clause | None:
    if not isinstance(item, Mapping):
        reader.fault(_("where must be a mapping of fields to values, or a list of such."))
        return None
    source = item.get("source")
    if source not in kind.sources:
        reader.fault(_("source must be one of %(names)s.") % {"names": ", ".join(kind.sources)})
        return None
    allowed = {"event", "properties"} if source == EVENTS else {"kind", "direction"}
    if source not in {EVENTS, *FACT_SOURCES}:
        allowed = set()
    for field in sorted(set(map(str, item)) - allowed - {"source"}):
        reader.fault(
            _("%(field)r is no filter for %(source)s; use %(names)s.")
            % {"field": field[:40], "source": source, "names": ", ".join(sorted(allowed))}
        )
    properties = item.get("properties", {})
    if not _is_mapping(properties):
        reader.fault(_("properties must map a property's name to the values that count."))
        properties = {}
    return Clause(
        source=str(source),
        event=_texts(reader, item, "event"),
        properties=tuple(
            PropertyFilter(str(name), _texts(reader, properties, name, prop=True))
            for name in sorted(properties, key=str)
        ),
        kind=_texts(reader, item, "kind"),
        direction=_texts(reader, item, "direction"),
    )


def _texts(
    reader: _Reader, item: Mapping[Any, Any], field: Any, *, prop: bool = False
) -> tuple[str, ...]:
    if prop and not PROPERTY.fullmatch(str(field)):
        reader.fault(
            _("%(field)r is no property name that can be used in a filter.")
            % {"field": str(field)[:40]}
        )
        return ()
    value = item.get(field, [])
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int | float) for one in values) or len(values) > 200:
        reader.fault(
            _("%(field)s must be a value or a list of at most 200 values.")
            % {"field": str(field)[:40]}
        )
        return ()
    if prop and not values:
        reader.fault(
            _("the property %(field)r needs at least one value.") % {"field": str(field)[:40]}
        )
    return tuple(_as_json_text(one) for one in values)


def _as_json_text(value: object) -> str:
    """How a JSON value reads as text: true, not True."""
    return str(value).lower() if isinstance(value, bool) else str(value)
