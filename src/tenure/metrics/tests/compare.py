"""Comparing panels: null equals only null, numbers within one part in 10⁹."""

import math
from datetime import date, timedelta

from tenure.metrics.selectors import catalogue_current, panel_values
from tenure.metrics.tests.world import TODAY

Panel = dict[tuple[str, int, date], float | None]


def panel(today: date = TODAY) -> Panel:
    """Everything the panel holds."""
    keys = catalogue_current().keys
    return unrolled(panel_values(keys, TODAY - timedelta(days=1500), today).to_pylist())


def unrolled(rows: list[dict]) -> Panel:
    return {
        (key, row["account_id"], row["week"]): row[key]
        for row in rows
        for key in row
        if key not in {"account_id", "week"}
    }


def differences(got: dict, expected: dict) -> list:
    assert got.keys() == expected.keys()
    return [(key, got[key], value) for key, value in expected.items() if not same(got[key], value)]


def same(left: object, right: object) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return left == right
