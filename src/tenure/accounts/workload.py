"""The definition `workload`: what hours accounts need and people have, unless stated."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion, User
from tenure.core.selectors import definition_current, definitions_current
from tenure.core.services import definition_append
from tenure.engine.books import LEVELS, Workload

KIND, KEY = "workload", "default"
DEFAULTS = Path(__file__).parent / "defaults" / "workload.yaml"
PARTS = ("hours", "tiers", "capacity", "recent_days", "clients_stay")
WEEK, LONGEST = 168, 365


def parse(body: Mapping[str, Any]) -> Workload:
    """What a body describes; every fault is named at once."""
    problems = [f"{name!r} is no part of it." for name in sorted(set(body) - set(PARTS), key=str)]
    missing = [name for name in PARTS if name not in body]
    if missing:
        raise InvalidDefinition([*problems, f"It needs {', '.join(PARTS)}."])
    problems += _hours_faults(body["hours"]) + _tier_faults(body["tiers"])
    if not _number(body["capacity"], 0, WEEK):
        problems.append(f"capacity must be hours a week, 0 to {WEEK}.")
    if not _number(body["recent_days"], 0, LONGEST):
        problems.append(f"recent_days must be a number of days, 0 to {LONGEST}.")
    if not isinstance(body["clients_stay"], bool):
        problems.append("clients_stay must be true or false.")
    if problems:
        raise InvalidDefinition(problems)
    return Workload(
        hours={level: float(body["hours"][level]) for level in LEVELS},
        tiers={int(tier): float(factor) for tier, factor in body["tiers"].items()},
        capacity=float(body["capacity"]),
        recent_days=int(body["recent_days"]),
        clients_stay=body["clients_stay"],
    )


def _number(value: object, least: float, most: float) -> bool:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return known and isfinite(value) and least <= value <= most  # type: ignore[arg-type, operator]


def _hours_faults(hours: object) -> list[str]:
    if not isinstance(hours, dict) or set(hours) != set(LEVELS):
        return [f"hours must name every level: {', '.join(LEVELS)}."]
    return [
        f"hours of {level} must be hours a week, 0 to {WEEK}; {value!r} is not."
        for level, value in hours.items()
        if not _number(value, 0, WEEK)
    ]


def _tier_faults(tiers: object) -> list[str]:
    if not isinstance(tiers, dict):
        return ['tiers must give a factor for each tier it names, as "3": 2.']
    return [
        f"tiers: {tier!r} must be a tier's number with a factor from 0 to 100; {factor!r} is not."
        for tier, factor in tiers.items()
        if not (_is_tier(tier) and _number(factor, 0, 100))
    ]


def _is_tier(tier: object) -> bool:
    text = str(tier)
    return not isinstance(tier, bool) and text.isascii() and text.isdigit() and len(text) < 5


def shipped() -> dict[str, dict[str, Any]]:
    """The shipped bodies by key."""
    bodies: dict[str, dict[str, Any]] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return bodies


@cache
def _shipped_parsed() -> Workload:
    return parse(shipped()[KEY])


def workload(at: datetime | None = None) -> Workload:
    """What is in force, or was at a time; the shipped one where none is stored."""
    if at is None:
        stored = definition_current(KIND, KEY)
    else:
        stored = next((d for d in definitions_current(KIND, at) if d.key == KEY), None)
    return parse(stored.body) if stored else _shipped_parsed()


def workload_save(
    *, actor: User | None, key: str = KEY, body: dict[str, Any], note: str = ""
) -> DefinitionVersion:
    """Check and store a new version."""
    if key != KEY:
        raise InvalidDefinition([f"There is one workload, {KEY!r}; {key!r} is not it."])
    parse(body)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, note=note)
