"""Definitions tried out, saved and retired, and what that does to the panel."""

import numpy as np
import pytest

from tenure.core.errors import InvalidDefinition
from tenure.metrics.selectors import catalogue_current, metric_trial, panel_values
from tenure.metrics.services import (
    metric_retire,
    metric_save,
    metrics_install_defaults,
    panel_refresh,
)
from tenure.metrics.tests.world import TODAY, make_world

pytestmark = pytest.mark.django_db
MINE = {
    "key": "logins",
    "title": "Logins",
    "kind": "count",
    "source": "events",
    "where": {"event": ["login"]},
    "window": "4 weeks",
}


def this_week(key: str) -> list[float | None]:
    return panel_values([key], TODAY, TODAY)[key].to_pylist()


@pytest.mark.once
def test_a_saved_metric_is_computed_for_all_weeks_and_a_retired_one_no_more():
    make_world(7, events=400, facts=1)
    panel_refresh()
    tried = metric_trial("logins", MINE).then["logins"][:, -1]
    metric_save(actor=None, key="logins", body=MINE, note="logins alone")
    assert panel_refresh().full
    assert max(this_week("logins")) == np.nanmax(tried)
    metric_retire(actor=None, key="logins", note="not used")
    assert "logins" not in catalogue_current().keys
    assert panel_refresh().full
    assert set(this_week("logins")) == {None}


def test_a_metric_that_another_leans_on_is_not_retired():
    with pytest.raises(InvalidDefinition, match="seats"):
        metric_retire(actor=None, key="seats")
    assert "seats" in catalogue_current().keys


def test_a_shipped_metric_stays_retired_when_defaults_are_installed():
    metric_retire(actor=None, key="idle_seats", note="nobody pays by seat")
    metrics_install_defaults()
    assert metrics_install_defaults() == 0
    assert "idle_seats" not in catalogue_current().keys


def test_an_unknown_metric_cannot_be_retired_and_a_key_not_be_renamed():
    with pytest.raises(InvalidDefinition, match="There is no metric 'nobody'"):
        metric_retire(actor=None, key="nobody")
    with pytest.raises(InvalidDefinition, match="key is 'logins', not 'others'"):
        metric_save(actor=None, key="others", body=MINE)
