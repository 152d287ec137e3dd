"""A metric's new definition is shown beside the one in force before it is saved."""

from datetime import UTC, datetime, time

import pytest
from django.core.cache import cache

from tenure.core import clock
from tenure.core.definition_text import body_text
from tenure.core.models import DefinitionVersion
from tenure.core.roles import Role
from tenure.metrics.selectors import bodies_current
from tenure.metrics.selectors import trial as trial_module
from tenure.metrics.services import panel_refresh
from tenure.metrics.tests.world import TODAY, make_world

pytestmark = pytest.mark.django_db
PAGE = "/settings/metrics/key/days_since_active"
EXPORTS = "key: exports\ntitle: Exports\nkind: count\nsource: events\nwhere: {event: export}\n"


@pytest.fixture(autouse=True)
def _wednesday(settings, tmp_path):
    cache.clear()
    settings.EVENTS_URL = str(tmp_path / "events")
    settings.PANEL_URL = str(tmp_path / "panel")
    with clock.at(datetime.combine(TODAY, time(14, 30), UTC)):
        yield


@pytest.fixture
def world(db):
    made = make_world(3, events=900, facts=30)
    panel_refresh()
    return made


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def stricter(**changes) -> str:
    body = bodies_current()["days_since_active"]
    return body_text({**body, "where": {"event": ["export"]}, **changes})


@pytest.mark.usefixtures("world")
def test_the_preview_names_accounts_with_values_now_and_then(leader):
    answer = leader.post(PAGE, {"text": stricter(), "do": "preview"})
    trial, text = answer.context["trial"], answer.content.decode()
    assert answer.status_code == 200
    assert trial.whole
    assert 0 < trial.changed <= trial.accounts
    assert len(trial.rows) == trial.changed
    for row in trial.rows:
        assert row.now != row.then
        assert f"/accounts/{row.account}/usage" in text
    assert f"{trial.changed} of {trial.accounts} accounts would have another" in text
    assert "where:" in text, "what was typed is kept"
    assert not DefinitionVersion.objects.exists()


@pytest.mark.usefixtures("world")
def test_the_preview_counts_every_known_value_on_both_sides(leader):
    trial = leader.post(PAGE, {"text": stricter(), "do": "preview"}).context["trial"]
    now, then = (sum(series.values) for series in trial.chart.series)
    assert (now, then) == (trial.known_now, trial.known_then)


@pytest.mark.usefixtures("world")
def test_the_preview_says_whose_health_moves_and_by_which_scorecard(leader):
    answer = leader.post(PAGE, {"text": stricter(), "do": "preview"})
    trial, text = answer.context["trial"], answer.content.decode()
    assert "standard" in dict(trial.scorecards)
    assert trial.moves.touched
    assert "Whose health would change" in text


@pytest.mark.usefixtures("world")
def test_a_definition_left_as_it_is_changes_nothing(leader):
    body = body_text(bodies_current()["days_since_active"])
    answer = leader.post(PAGE, {"text": body, "do": "preview"})
    assert answer.context["trial"].changed == answer.context["trial"].moves.touched == 0
    assert "No value would change" in answer.content.decode()


@pytest.mark.usefixtures("world")
def test_a_sample_is_called_one(leader, monkeypatch):
    monkeypatch.setattr(trial_module, "MOST_ACCOUNTS", 4)
    answer = leader.post(PAGE, {"text": stricter(), "do": "preview"})
    assert not answer.context["trial"].whole
    assert "Tried on a sample: 4 of 6 accounts" in answer.content.decode()


@pytest.mark.usefixtures("world")
def test_a_new_metric_is_previewed_with_no_values_before(leader):
    answer = leader.post("/settings/metrics/new", {"text": EXPORTS, "do": "preview"})
    trial = answer.context["trial"]
    assert (trial.known_now, trial.scorecards) == (0, ())
    assert trial.known_then > 0
    assert "no health would move" in answer.content.decode()
    assert not DefinitionVersion.objects.exists()


def test_a_preview_without_accounts_says_so(leader):
    answer = leader.post(PAGE, {"text": stricter(), "do": "preview"})
    assert answer.status_code == 200
    assert "No account has a value" in answer.content.decode()


def test_a_faulty_definition_is_no_preview_but_a_list_of_faults(leader):
    answer = leader.post(PAGE, {"text": stricter(window="soon"), "do": "preview"})
    assert answer.status_code == 422
    assert answer.context["problems"]
    assert "trial" not in answer.context


def test_who_may_not_see_settings_gets_no_preview(sign_in):
    for role in (Role.CSM, Role.VIEWER):
        answer = sign_in(role).post(PAGE, {"text": stricter(), "do": "preview"})
        assert answer.status_code == 403
