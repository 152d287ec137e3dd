"""Definitions tried out, saved and retired, and what that does to the panel."""

import pytest

from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion
from tenure.metrics.models import PanelFile
from tenure.metrics.selectors import bodies_current, catalogue_current, panel_values, preview
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


@pytest.mark.parametrize("key", ["events", "seat_share", "usage_vs_baseline", "csat_90d"])
def test_a_preview_gives_what_the_panel_would_hold(key: str):
    make_world(5, events=200, facts=30)
    panel_refresh()
    shown = preview(bodies_current()[key])
    values = this_week(key)
    known = sorted(value for value in values if value is not None)
    assert (shown.accounts, shown.known) == (len(values), len(known))
    assert [shown.quantiles[0], shown.quantiles[-1]] == [known[0], known[-1]]
    assert sorted(shown.quantiles) == list(shown.quantiles)


def test_a_preview_of_a_new_metric_saves_nothing():
    make_world(6, events=400, facts=1)
    shown = preview(MINE)
    assert shown.accounts == shown.known == 6
    assert shown.quantiles[-1] > 0
    assert not DefinitionVersion.objects.exists()
    assert not PanelFile.objects.exists()


def test_a_preview_without_accounts_or_known_values_has_no_quantiles():
    assert preview(MINE).quantiles == ()
    make_world(6, events=0, facts=1)
    shown = preview(MINE)
    assert (shown.accounts, shown.known, shown.quantiles) == (6, 0, ())


def test_a_preview_of_a_faulty_definition_says_what_is_wrong():
    with pytest.raises(InvalidDefinition, match="'nobody', which is no metric"):
        preview({"key": "r", "title": "R", "kind": "ratio", "over": "events", "by": "nobody"})


def test_a_saved_metric_is_computed_for_all_weeks_and_a_retired_one_no_more():
    make_world(7, events=400, facts=1)
    panel_refresh()
    shown = preview(MINE)
    metric_save(actor=None, key="logins", body=MINE, note="logins alone")
    assert panel_refresh().full
    assert max(this_week("logins")) == shown.quantiles[-1]
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
