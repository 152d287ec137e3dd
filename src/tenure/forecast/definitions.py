"""The definition of how forecasts are made: from its stored or shipped form to checked values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tenure.core.errors import InvalidDefinition

KIND, KEY = "forecast", "default"
DEFAULTS = Path(__file__).parent / "defaults" / "forecast.yaml"


@dataclass(frozen=True)
class ForecastDefinition:
    """What may be set. See `defaults/forecast.yaml` for what each is."""

    horizons: int
    history_months: int
    gap_days: int
    delay_days: int
    retrain_days: int
    stale_days: int
    replays: int
    replay_months: int
    backtest_horizon: int
    capacity_share: float
    margin: float
    discount_yearly: float
    features: int
    learned_months: int
    resamples: int
    seed: int
    exclude: tuple[str, ...]
    version: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "exclude": list(self.exclude)}


_WHOLE = {
    "horizons": (3, 36),
    "history_months": (6, 120),
    "gap_days": (0, 90),
    "delay_days": (0, 90),
    "retrain_days": (1, 365),
    "stale_days": (1, 730),
    "replays": (0, 24),
    "replay_months": (1, 12),
    "backtest_horizon": (1, 24),
    "features": (5, 500),
    "learned_months": (1_000, 2_000_000),
    "resamples": (0, 200),
    "seed": (0, 2**31 - 1),
}
_NUMBERS = {"capacity_share": (0.001, 1.0), "margin": (0.0, 1.0), "discount_yearly": (0.0, 1.0)}


def parse(body: Mapping[str, Any], version: int = 0) -> ForecastDefinition:
    """The definition a body describes; parts left out keep the shipped value.

    Raises:
        InvalidDefinition: with a sentence for each fault.
    """
    if not isinstance(body, Mapping):
        raise InvalidDefinition([_("A forecast definition must be a mapping as {horizons: 24}.")])
    known = {field.name for field in fields(ForecastDefinition)} - {"version"}
    faults = [
        _("%(key)r is no part of a forecast definition; it has %(names)s.")
        % {"key": key, "names": ", ".join(sorted(known))}
        for key in body
        if key not in known
    ]
    filled = {**shipped(), **{key: value for key, value in body.items() if key in known}}
    for name, (low, high) in _WHOLE.items():
        faults += _fault(name, filled[name], low, high, int)
    for name, bounds in _NUMBERS.items():
        faults += _fault(name, filled[name], *bounds, (int, float))
    exclude = filled["exclude"]
    if not isinstance(exclude, list) or not all(isinstance(name, str) for name in exclude):
        faults.append(_("exclude must be a list of names of features."))
        exclude = []
    if not faults and filled["backtest_horizon"] > filled["horizons"]:
        faults.append(_("backtest_horizon cannot be further ahead than horizons."))
    if faults:
        raise InvalidDefinition(faults)
    return ForecastDefinition(**{**filled, "exclude": tuple(exclude)}, version=version)


def stored(plain: Mapping[str, Any]) -> ForecastDefinition:
    """The definition that a run was made with, from `plain`; parts there are no more are let go."""
    known = {field.name for field in fields(ForecastDefinition)} - {"version"}
    body = {key: value for key, value in plain.items() if key in known}
    return parse(body, int(plain.get("version", 0)))


def _fault(name: str, value: object, low: float, high: float, kind: Any) -> list[str]:
    fits = isinstance(value, kind) and not isinstance(value, bool)
    if fits and isinstance(value, int | float) and low <= value <= high:
        return []
    what = _("a whole number") if kind is int else _("a number")
    return [
        _("%(name)s must be %(what)s from %(low)g to %(high)g; %(value)r is not.")
        % {"name": name, "what": what, "low": low, "high": high, "value": value}
    ]


@cache
def shipped() -> dict[str, Any]:
    """The shipped body."""
    body: dict[str, Any] = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return body
