"""The definition `advice`: what the plan of the week is made with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.advice.models import Reason
from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion, User
from tenure.core.selectors import definition_current
from tenure.core.services import definition_append

KIND, KEY = "advice", "default"
DEFAULTS = Path(__file__).parent / "defaults" / "advice.yaml"
_NUMBERS: dict[str, tuple[float, float]] = {
    "hours_share": (0.05, 1.0),
    "task_hours": (0.0, 40.0),
    "usual_rate": (0.0, 1_000_000.0),
    "seconds": (1.0, 60.0),
    "enough": (10.0, 100_000.0),
}
LONGEST, MOST = 1000, 200


@dataclass(frozen=True)
class AdviceDefinition:
    """What may be set. See `defaults/advice.yaml` for what each is."""

    hours_share: float
    task_hours: float
    rate: float | None
    usual_rate: float
    seconds: float
    enough: int
    suggest: frozenset[str]
    dismissed: Mapping[str, int]
    version: int = 0


def parse(body: object, version: int = 0) -> AdviceDefinition:
    """The definition a body describes; parts left out keep the shipped value.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    if not isinstance(body, Mapping):
        raise InvalidDefinition([_("The advice must be a mapping, as {hours_share: 0.5}.")])
    start = shipped()[KEY]
    faults = [
        _("%(key)r is no part of the advice; its parts are %(names)s.")
        % {"key": key, "names": ", ".join(start)}
        for key in body
        if key not in start
    ]
    filled = {**start, **{key: value for key, value in body.items() if key in start}}
    for name, (low, high) in _NUMBERS.items():
        faults += _fault(name, filled[name], low, high)
    if filled["rate"] is not None:
        faults += _fault("rate", filled["rate"], *_NUMBERS["usual_rate"])
    faults += _keys_faults(filled["suggest"]) + _days_faults(filled["dismissed"])
    if faults:
        raise InvalidDefinition(faults)
    return AdviceDefinition(
        **{name: float(filled[name]) for name in _NUMBERS if name != "enough"},
        rate=None if filled["rate"] is None else float(filled["rate"]),
        enough=int(filled["enough"]),
        suggest=frozenset(filled["suggest"]),
        dismissed={**start["dismissed"], **filled["dismissed"]},
        version=version,
    )


def _fault(name: str, value: object, low: float, high: float) -> list[str]:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if known and isfinite(value) and low <= value <= high:  # type: ignore[arg-type, operator]
        return []
    return [
        _("%(name)s must be a number from %(low)g to %(high)g; %(value)r is not.")
        % {"name": name, "low": low, "high": high, "value": value}
    ]


def _keys_faults(keys: object) -> list[str]:
    fits = isinstance(keys, list) and len(keys) <= MOST
    if fits and all(isinstance(key, str) and 0 < len(key) <= 80 for key in keys):  # type: ignore[attr-defined]
        return []
    return [_("suggest must be a list of keys of plays.")]


def _days_faults(days: object) -> list[str]:
    if isinstance(days, Mapping) and set(days) <= set(Reason.values):
        whole = [isinstance(n, int) and not isinstance(n, bool) for n in days.values()]
        if all(whole) and all(0 <= n <= LONGEST for n in days.values()):
            return []
    return [
        _("dismissed must give days from 0 to %(most)d for the reasons %(names)s.")
        % {"most": LONGEST, "names": ", ".join(Reason.values)}
    ]


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """The shipped bodies by key."""
    return {KEY: yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))}


def advice_definition() -> AdviceDefinition:
    """What is in force; the shipped one where none is stored."""
    stored = definition_current(KIND, KEY)
    return parse(stored.body, stored.version) if stored else parse(shipped()[KEY])


def body_now() -> dict[str, Any]:
    """The body in force, whole."""
    stored = definition_current(KIND, KEY)
    return {**shipped()[KEY], **(stored.body if stored else {})}


def advice_save(
    *, actor: User | None, key: str = KEY, body: dict[str, Any], note: str = ""
) -> DefinitionVersion:
    """Check and store a new version."""
    if key != KEY:
        raise InvalidDefinition([_("There is one advice, %(key)r.") % {"key": KEY}])
    parse(body)
    return definition_append(actor=actor, kind=KIND, key=key, body=body, note=note)
