"""What a changed metric would do to scores is what it does once it is saved."""

from datetime import UTC, datetime, time

import pytest

from tenure.core import clock, pipeline
from tenure.core.errors import NotAllowed
from tenure.core.models import DefinitionVersion
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.health.metric_preview import metric_preview
from tenure.health.models import CurrentHealth, Score
from tenure.metrics.selectors import bodies_current
from tenure.metrics.services import metric_save, panel_refresh
from tenure.metrics.tests.world import TODAY, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _wednesday(settings, tmp_path):
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.PANEL_URL = str(tmp_path / "panel")
    with clock.at(datetime.combine(TODAY, time(14, 30), UTC)):
        yield


def scores():
    rows = CurrentHealth.objects.values_list("account_id", "value", "band")
    return {account: (value, band) for account, value, band in rows}


def scored_anew():
    panel_refresh()
    pipeline.run(only=("health",))
    return scores()


def stricter():
    return bodies_current()["days_since_active"] | {"where": {"event": ["export"]}}


def test_scores_before_and_after_are_those_of_the_refresh():
    make_world(3, events=900, facts=30)
    before = scored_anew()
    shown = metric_preview(actor=None, key="days_since_active", body=stricter())
    assert [card.key for card in shown.scorecards]
    metric_save(actor=None, key="days_since_active", body=stricter())
    after = scored_anew()
    moved = {account: (before[account], after[account]) for account in before}
    moved = {account: pair for account, pair in moved.items() if pair[0] != pair[1]}
    assert moved
    found = {
        row.account: ((row.value_now, row.band_now), (row.value_then, row.band_then))
        for row in shown.scores
    }
    assert found.keys() == moved.keys()
    for account, (old, new) in moved.items():
        assert found[account][0] == (pytest.approx(old[0]), old[1])
        assert found[account][1] == (pytest.approx(new[0]), new[1])


def test_a_preview_writes_nothing():
    make_world(3, events=200, facts=10)
    metric_preview(actor=None, key="days_since_active", body=stricter())
    assert not DefinitionVersion.objects.exists()
    assert not Score.objects.exists()


def test_a_metric_that_no_scorecard_weighs_moves_no_score():
    make_world(3, events=200, facts=10)
    body = {
        "key": "logins", "title": "Logins", "kind": "count", "source": "events",
        "where": {"event": "login"}, "window": "4 weeks",
    }  # fmt: skip
    shown = metric_preview(actor=None, key="logins", body=body)
    assert (shown.scorecards, shown.scores) == ((), ())
    assert len(shown.names) == len(shown.trial.accounts) > 0


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER])
def test_who_may_not_see_settings_sees_no_preview(role):
    user = user_create(actor=None, email="x@example.com", role=role)
    with pytest.raises(NotAllowed):
        metric_preview(actor=user, key="days_since_active", body=stricter())
