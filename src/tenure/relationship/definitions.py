"""The ladder's definition: from its stored or shipped form to the engine's rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.accounts.models import PersonRole
from tenure.core.errors import InvalidDefinition
from tenure.engine.ladder import Rules

KIND = "ladder"
KEY = "default"
DEFAULTS = Path(__file__).parent / "defaults" / "ladder.yaml"


@dataclass(frozen=True)
class LadderDefinition:
    """The rules of the clauses, and what their inputs are gathered by."""

    version: int
    rules: Rules
    roles: tuple[str, ...]
    active_days: int
    attitude_days: int
    attitude_accounts: int
    outlook_customers: int
    outlook_borrowed: float


@dataclass(frozen=True)
class _Number:
    low: float
    high: float
    whole: bool = False


_SHARE, _DAYS, _MONTHS = _Number(0, 1), _Number(1, 3650, whole=True), _Number(0, 240)
_COUNT, _WEEKS = _Number(0, 1000, whole=True), _Number(1, 104, whole=True)
SHAPE: dict[str, dict[str, _Number]] = {
    "length": {"paid_months": _MONTHS, "renewals": _COUNT, "monthly_paid_months": _MONTHS},
    "living": {"active_weeks_share": _SHARE, "touch_days": _DAYS},
    "breadth": {"people": _COUNT, "seat_share": _SHARE, "active_days": _DAYS},
    "outcome": {"days": _DAYS},
    "attitude": {"days": _DAYS, "lowest_share": _SHARE, "accounts": _COUNT},
    "outlook": {"least": _SHARE, "customers": _COUNT, "borrowed": _Number(0, 1e6)},
    "advocacy": {"days": _DAYS},
}
_WEEKLY = {"promote_after": _WEEKS, "demote_after": _WEEKS}


def parse(body: Mapping[str, Any], version: int = 0) -> LadderDefinition:
    """The ladder a body describes; parts left out keep the shipped value.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    if not isinstance(body, Mapping):
        raise InvalidDefinition([_("A ladder must be a mapping such as {outlook: {least: 0.9}}.")])
    problems = _problems(body)
    if problems:
        raise InvalidDefinition(problems)
    return _built(_filled(body), version)


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with the shipped values where it says nothing."""
    filled = dict(shipped())
    for part, value in body.items():
        filled[part] = {**filled[part], **value} if isinstance(value, Mapping) else value
    return filled


def _built(body: Mapping[str, Any], version: int) -> LadderDefinition:
    length, living, breadth = body["length"], body["living"], body["breadth"]
    attitude, outlook = body["attitude"], body["outlook"]
    return LadderDefinition(
        version=version,
        rules=Rules(
            paid_months=length["paid_months"],
            renewals=length["renewals"],
            monthly_paid_months=length["monthly_paid_months"],
            active_weeks_share=living["active_weeks_share"],
            touch_days=living["touch_days"],
            people=breadth["people"],
            seat_share=breadth["seat_share"],
            outcome_days=body["outcome"]["days"],
            attitude_share=attitude["lowest_share"],
            outlook=outlook["least"],
            advocacy_days=body["advocacy"]["days"],
            promote_after=body["promote_after"],
            demote_after=body["demote_after"],
        ),
        roles=tuple(breadth["roles"]),
        active_days=breadth["active_days"],
        attitude_days=attitude["days"],
        attitude_accounts=attitude["accounts"],
        outlook_customers=outlook["customers"],
        outlook_borrowed=outlook["borrowed"],
    )


def _problems(body: Mapping[str, Any]) -> list[str]:
    known = [*SHAPE, *_WEEKLY]
    problems = [
        _("%(part)r is no part of a ladder; it has %(names)s.")
        % {"part": part, "names": ", ".join(known)}
        for part in body
        if part not in known
    ]
    for part, numbers in SHAPE.items():
        given = body.get(part, {})
        if not isinstance(given, Mapping):
            problems.append(
                _("%(part)s must be a mapping with %(names)s.")
                % {"part": part, "names": ", ".join(numbers)}
            )
            continue
        names = [*numbers, "roles"] if part == "breadth" else list(numbers)
        problems += [
            _("%(part)s has no %(name)r; it has %(names)s.")
            % {"part": part, "name": name, "names": ", ".join(names)}
            for name in given
            if name not in names
        ]
        for name, bounds in numbers.items():
            problems += _number_problems(f"{part}: {name}", given, name, bounds)
    for name, bounds in _WEEKLY.items():
        problems += _number_problems(name, body, name, bounds)
    return problems + _role_problems(body.get("breadth", {}))


def _number_problems(where: str, given: Mapping[str, Any], name: str, bounds: _Number) -> list[str]:
    if name not in given:
        return []
    value = given[name]
    numeric = isinstance(value, int if bounds.whole else (int, float))
    if numeric and not isinstance(value, bool) and bounds.low <= value <= bounds.high:
        return []
    kind = _("a whole number") if bounds.whole else _("a number")
    return [
        _("%(where)s must be %(kind)s from %(low)g to %(high)g; %(value)r is not.")
        % {"where": where, "kind": kind, "low": bounds.low, "high": bounds.high, "value": value}
    ]


def _role_problems(breadth: object) -> list[str]:
    roles = breadth.get("roles", ["sponsor"]) if isinstance(breadth, Mapping) else ["sponsor"]
    if isinstance(roles, list) and roles and all(role in PersonRole.values for role in roles):
        return []
    return [
        _("breadth: roles must be a list of some of %(names)s.")
        % {"names": ", ".join(PersonRole.values)}
    ]


@cache
def shipped() -> dict[str, Any]:
    """The shipped body."""
    body: dict[str, Any] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return body
