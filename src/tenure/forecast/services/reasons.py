"""Why a forecast is what it is, how steady that is, and what would lower the risk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from tenure.engine.hazards import Drivers
from tenure.engine.panel import Panel
from tenure.forecast.drivers import base_of, driver_of, drivers_of
from tenure.forecast.inputs.days import Floats
from tenure.forecast.services.cases import Cases, summed
from tenure.forecast.services.reach import Reach

TOP, DIGITS, YEAR = 8, 9, 12
LEAST = 0.005  # by which a risk must fall for it to be told: half a point
LOWERS = 5
Values: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """Contributions by driver, (n, d): `names` (d,), `places` of each among the features."""

    features: Drivers
    names: tuple[str, ...]
    places: tuple[list[int], ...]
    values: Floats
    steady: Floats

    @classmethod
    def of(cls, fitted: Any, rows: Panel) -> "Told":
        """Ask a model about n rows."""
        features = fitted.drivers(rows, horizon=YEAR)
        groups = drivers_of(features.names)
        places = tuple(groups.values())
        values = summed(features.values, places)
        steady = fitted.steadiness(rows, places, values, TOP, horizon=YEAR)
        return cls(features, tuple(groups), places, values, steady)


def reasons(told: Told, rows: Panel, then: Mapping[str, Floats]) -> list[Values]:
    """The largest drivers of each row, the sum of the others and where they start from."""
    now = _columns(rows)
    found = []
    for row in range(len(rows)):
        order = np.argsort(-np.abs(told.values[row]), kind="stable")[:TOP]
        drivers = [
            _driver(told, at, row, now, then)
            for at in order.tolist()
            if abs(told.values[row, at]) >= 1e-4
        ]
        listed = sum(driver["contribution"] for driver in drivers)
        others = float(told.values[row].sum()) - listed
        base = float(told.features.base[row])
        found.append({"drivers": drivers, "others": short(others), "base": short(base)})
    return found


def _driver(
    told: Told, at: int, row: int, now: Mapping[str, Floats], then: Mapping[str, Floats]
) -> Values:
    """A driver with the raw values of the feature that weighs most in it."""
    values = told.features.values[row]
    lead = max(told.places[at], key=lambda place: abs(values[place]))
    feature = told.features.names[lead]
    base = feature if "=" in feature else base_of(feature)
    steady = told.steady[row, at]
    return {
        "name": told.names[at],
        "feature": base,
        "contribution": short(float(values[told.places[at]].sum())),
        "now": _raw(now.get(base), row),
        "then": _raw(then.get(base), row),
        "steady": None if np.isnan(steady) else round(float(steady), 4),
    }


def similar(told: Told, rows: Panel, cases: Cases | None) -> list[list[Values]]:
    """Past cases nearest to each row in what drives it."""
    if cases is None or cases.drivers != told.names:
        return [[] for _ in range(len(rows))]
    return cases.nearest(told.values, rows.account)


def lowering(
    fitted: Any, reach: Reach | None, panel: Panel, rows: Panel, then: Mapping[str, Floats]
) -> list[list[Values] | None]:
    """For each row what would lower the risk of churn within a year, best first.

    One feature of a driver, the one that lowers it most, everything else as it is. None where
    nobody has said how far features reach. `panel`: the rows with all features there are.
    """
    if reach is None:
        return [None] * len(rows)
    moves = reach.moves(rows.names, panel, then)
    found = fitted.lowers(rows, moves, horizon=YEAR, least=LEAST)
    now = _columns(rows)
    best: list[dict[str, Values]] = [{} for _ in range(len(rows))]
    parts = zip(found.row, found.move, found.chance, found.low, found.high, strict=True)
    for row, at, *chances in parts:
        name, goal = moves[at].feature, float(moves[at].goal[row])
        driver = driver_of(name)
        chance, low, high = (short(one) for one in chances)
        if chance >= best[row].get(driver, {"chance": np.inf})["chance"]:
            continue
        best[row][driver] = {
            "name": driver,
            "feature": name,
            "now": _raw(now[name], row),
            "goal": float(f"{goal:.6g}"),
            "back": bool(name in then and goal == then[name][row]),
            "chance": chance,
            "low": low,
            "high": high,
        }
    return [sorted(one.values(), key=_order)[:LOWERS] for one in best]


def _order(lower: Values) -> tuple[float, str]:
    return lower["chance"], lower["name"]


def _columns(rows: Panel) -> dict[str, Floats]:
    return {name: rows.features[:, at] for at, name in enumerate(rows.names)}


def _raw(values: Floats | None, row: int) -> float | None:
    if values is None or not np.isfinite(values[row]):
        return None
    return float(f"{values[row]:.6g}")


def short(value: Any) -> float:
    """As it is stored."""
    return round(float(value), DIGITS)


def between(ranges: Mapping[str, Floats], row: int) -> dict[str, Sequence[float]]:
    """Cause → low and high of the chance that it comes within a year."""
    return {cause: [short(end) for end in found[row]] for cause, found in ranges.items()}
