"""A changed definition is tried on the accounts before it is saved."""

import numpy as np
import pytest

from tenure.core.errors import InvalidDefinition
from tenure.core.models import DefinitionVersion
from tenure.metrics.models import PanelFile
from tenure.metrics.selectors import bodies_current, metric_trial, panel_values
from tenure.metrics.selectors import trial as trial_module
from tenure.metrics.services import metric_save, panel_refresh
from tenure.metrics.tests.world import TODAY, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LOGINS = {
    "key": "logins",
    "title": "Logins",
    "kind": "count",
    "source": "events",
    "where": {"event": ["login"]},
    "window": "4 weeks",
}


def panel(key: str) -> dict[int, float | None]:
    table = panel_values([key], TODAY, TODAY)
    return dict(zip(table["account_id"].to_pylist(), table[key].to_pylist(), strict=True))


def newest(trial, side: str, key: str) -> dict[int, float | None]:
    values = getattr(trial, side)[key][:, -1].tolist()
    known = [None if np.isnan(v) else v for v in values]
    return dict(zip(trial.accounts, known, strict=True))


@pytest.mark.parametrize("key", ["events", "active_people", "usage_vs_baseline", "seats"])
def test_both_sides_are_what_the_panel_holds_before_and_after_saving(key: str):
    make_world(6, events=400, facts=30)
    panel_refresh()
    body = dict(bodies_current()[key])
    if "window" in body:
        body["window"] = "8 weeks"
    tried = metric_trial(key, body)
    assert newest(tried, "now", key) == panel(key)
    metric_save(actor=None, key=key, body=body)
    panel_refresh()
    assert newest(tried, "then", key) == panel(key)


def test_what_leans_on_the_metric_is_tried_with_it():
    make_world(6, events=400, facts=10)
    body = bodies_current()["active_people"] | {"window": "13 weeks"}
    tried = metric_trial("active_people", body)
    metric_save(actor=None, key="active_people", body=body)
    panel_refresh()
    assert "seat_share" in tried.then
    for key in tried.then:
        assert newest(tried, "then", key) == panel(key), key
    assert not set(tried.then) & {"tickets_open", "nps_180d"}


def test_weeks_back_are_those_of_the_panel():
    make_world(5, events=600, facts=10)
    panel_refresh()
    tried = metric_trial("usage_trend", bodies_current()["usage_trend"], weeks=12)
    assert tried.now["usage_trend"].shape == (6, 12)
    assert newest(tried, "now", "usage_trend") == panel("usage_trend")
    assert np.array_equal(tried.now["usage_trend"], tried.then["usage_trend"], equal_nan=True)


def test_a_trial_writes_nothing_and_a_new_metric_has_no_values_before():
    make_world(4, events=200, facts=1)
    tried = metric_trial("logins", LOGINS)
    assert tried.now == {}
    assert tried.then["logins"].shape == (6, 1)
    assert not DefinitionVersion.objects.exists()
    assert not PanelFile.objects.exists()


def test_of_many_accounts_a_few_stretches_are_tried_evenly_apart(monkeypatch):
    monkeypatch.setattr(trial_module, "MOST_ACCOUNTS", 4)
    monkeypatch.setattr(trial_module, "STRETCHES", 2)
    made = [account.pk for account in make_world(7, events=800, facts=1).accounts]
    tried = metric_trial("events", bodies_current()["events"])
    assert tried.accounts == (*made[:2], *made[-2:])
    assert (tried.all_accounts, tried.whole) == (len(made), False)
    panel_refresh()
    known = panel("events")
    assert newest(tried, "now", "events") == {key: known[key] for key in tried.accounts}


def test_without_accounts_nothing_is_tried():
    tried = metric_trial("events", bodies_current()["events"])
    assert (tried.accounts, tried.whole) == ((), True)


def test_a_definition_that_others_cannot_lean_on_is_refused():
    with pytest.raises(InvalidDefinition, match="circle"):
        metric_trial("seats", {
            "key": "seats", "title": "S", "kind": "formula", "formula": "seat_share + 1",
        })  # fmt: skip
    with pytest.raises(InvalidDefinition, match="key is"):
        metric_trial("events", LOGINS)
