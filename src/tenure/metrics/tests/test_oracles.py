import math
from datetime import timedelta

import pytest

from tenure.metrics.selectors import catalogue_current, panel_values
from tenure.metrics.services import panel_refresh
from tenure.metrics.tests.oracle import FOLDER, oracle_values
from tenure.metrics.tests.world import TODAY, make_world

pytestmark = pytest.mark.django_db


def panel() -> dict:
    keys = catalogue_current().keys
    table = panel_values(keys, TODAY - timedelta(days=1500), TODAY)
    return {
        (key, row["account_id"], row["week"]): row[key] for row in table.to_pylist() for key in keys
    }


def differences(got: dict, expected: dict) -> list:
    assert got.keys() == expected.keys()
    return [(key, got[key], value) for key, value in expected.items() if not same(got[key], value)]


def same(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)


def test_every_shipped_metric_has_a_hand_written_oracle():
    written = {path.stem for path in FOLDER.glob("*.sql")} - {"_rows"}
    assert written == set(catalogue_current().keys)


@pytest.mark.parametrize("seed", range(4))
def test_every_metric_equals_its_oracle(seed: int):
    make_world(seed, events=[0, 30, 600, 1500][seed])
    panel_refresh()
    assert differences(panel(), oracle_values()) == []
