"""Benchmarks: what other companies are said to reach, shipped with sources and replaceable."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion, User
from tenure.core.selectors import definition_current
from tenure.core.services import definition_append

KIND, KEY = "benchmarks", "default"
DEFAULTS = Path(__file__).parent / "defaults" / "benchmarks.yaml"
FIGURES = ("nrr", "grr", "logo_churn", "quick_ratio", "ltv_to_cac", "payback_months")
PERCENTAGES = FIGURES[:3]
PARTS = ("figure", "low", "high", "of", "source")
MOST, LONGEST = 60, 200


@dataclass(frozen=True)
class Benchmark:
    """A range for one figure; an end of None is open. `of`: what companies. Shares as fractions."""

    figure: str
    low: float | None
    high: float | None
    of: str
    source: str


def parse(body: Mapping[str, Any]) -> list[Benchmark]:
    """The benchmarks a body describes; every fault is named at once."""
    rows = body.get("benchmarks")
    if set(body) != {"benchmarks"} or not isinstance(rows, list) or len(rows) > MOST:
        raise InvalidDefinition(
            [_("It has one part, benchmarks: a list of at most %(most)s.") % {"most": MOST}]
        )
    problems = [
        _("Benchmark %(number)s: %(fault)s") % {"number": number, "fault": fault}
        for number, row in enumerate(rows, start=1)
        for fault in _faults(row)
    ]
    if problems:
        raise InvalidDefinition(problems)
    return [_benchmark(row) for row in rows]


def _benchmark(row: Mapping[str, Any]) -> Benchmark:
    per = 100.0 if row["figure"] in PERCENTAGES else 1.0
    low, high = (None if row.get(end) is None else row[end] / per for end in ("low", "high"))
    return Benchmark(row["figure"], low, high, row.get("of", ""), row["source"])


def _faults(row: object) -> list[str]:
    if not isinstance(row, dict):
        return [_("write it as names with values: %(names)s.") % {"names": ", ".join(PARTS)}]
    found = [
        _("%(name)r is no part of it.") % {"name": name}
        for name in sorted(set(row) - set(PARTS), key=str)
    ]
    if row.get("figure") not in FIGURES:
        found.append(_("figure must be one of %(names)s.") % {"names": ", ".join(FIGURES)})
    found += _range_faults(row.get("low"), row.get("high"))
    for name, least in (("of", 0), ("source", 1)):
        text = row.get(name, "")
        if not isinstance(text, str) or not least <= len(text.strip()) <= LONGEST:
            found.append(
                _("%(name)s must be text of %(least)s to %(longest)s characters.")
                % {"name": name, "least": least, "longest": LONGEST}
            )
    return found


def _range_faults(low: object, high: object) -> list[str]:
    ends = [end for end in (low, high) if end is not None]
    known = [
        float(end)
        for end in ends
        if isinstance(end, int | float) and not isinstance(end, bool) and isfinite(end)
    ]
    if not ends or len(known) < len(ends) or min(known) < 0 or known != sorted(known):
        return [_("give low or high, or both with low <= high: numbers from 0 on.")]
    return []


def shipped() -> dict[str, dict[str, Any]]:
    """The shipped bodies by key."""
    bodies: dict[str, dict[str, Any]] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return bodies


def benchmarks() -> list[Benchmark]:
    """Those in force: the newest stored version, else the shipped one."""
    stored = definition_current(KIND, KEY)
    return parse(stored.body) if stored else list(_shipped_parsed())


@cache
def _shipped_parsed() -> tuple[Benchmark, ...]:
    return tuple(parse(shipped()[KEY]))


def benchmarks_are_shipped() -> bool:
    """Whether nobody has replaced them."""
    stored = definition_current(KIND, KEY)
    return stored is None or stored.body == shipped()[KEY]


def benchmarks_save(
    *, actor: User | None, key: str = KEY, body: dict[str, Any], note: str = ""
) -> DefinitionVersion:
    """Check and store a new version."""
    if key != KEY:
        raise InvalidDefinition(
            [
                _("There is one set of benchmarks, %(key)r; %(key2)r is not it.")
                % {"key": KEY, "key2": key}
            ]
        )
    parse(body)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, note=note)
