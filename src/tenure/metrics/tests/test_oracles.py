import pytest

from tenure.metrics.selectors import catalogue_current
from tenure.metrics.services import panel_refresh
from tenure.metrics.tests.compare import differences, panel
from tenure.metrics.tests.oracle import FOLDER, oracle_values
from tenure.metrics.tests.world import make_world

pytestmark = pytest.mark.django_db


def test_every_shipped_metric_has_a_hand_written_oracle():
    written = {path.stem for path in FOLDER.glob("*.sql")} - {"_rows"}
    assert written == set(catalogue_current().keys)


@pytest.mark.parametrize("seed", range(4))
def test_every_metric_equals_its_oracle(seed: int):
    make_world(seed, events=[0, 30, 600, 1500][seed])
    panel_refresh()
    assert differences(panel(), oracle_values()) == []
