"""The churn definition: from its stored or shipped form to the engine's rule."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition
from tenure.engine.money import ChurnRule

KIND = "churn"
DEFAULTS = Path(__file__).parent / "defaults" / "churn.yaml"
MEANINGS = ("contractual", "usage")
LONGEST = 3650


def parse(body: Mapping[str, Any]) -> ChurnRule:
    """The rule a body describes; every fault is named at once."""
    standard = ChurnRule()
    known = {"contractual_days", "usage_days", "shown"}
    problems = [
        _("%(key)r is no part of a churn definition; it has %(names)s.")
        % {"key": key, "names": ", ".join(sorted(known))}
        for key in sorted(set(body) - known, key=str)
    ]
    contractual = body.get("contractual_days", standard.contractual_days)
    usage = body.get("usage_days", standard.usage_days)
    shown = body.get("shown", standard.shown)
    problems += _day_problems("contractual_days", contractual, least=0)
    problems += _day_problems("usage_days", usage, least=1)
    if shown not in MEANINGS:
        problems.append(
            _("shown must be one of %(names)s; %(shown)r is not.")
            % {"names": ", ".join(MEANINGS), "shown": shown}
        )
    if problems:
        raise InvalidDefinition(problems)
    return ChurnRule(contractual, usage, shown)


def _day_problems(name: str, value: object, least: int) -> list[str]:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and isinstance(value, int) and least <= value <= LONGEST:
        return []
    return [
        _(
            "%(name)s must be a whole number of days from %(least)s to %(longest)s; "
            "%(value)r is not."
        )
        % {"name": name, "least": least, "longest": LONGEST, "value": value}
    ]


def shipped() -> dict[str, dict[str, Any]]:
    """The shipped bodies by key."""
    bodies: dict[str, dict[str, Any]] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return bodies
