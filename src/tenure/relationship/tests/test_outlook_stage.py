"""The running week after training: C6 rests on the forecast as soon as there is a model."""

from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tenure.core import clock, pipeline
from tenure.forecast.models import ForecastRun, Prediction
from tenure.forecast.services import forecast_definition_save
from tenure.forecast.tests.company import QUICK, company
from tenure.health.tests.world import TODAY, account, refresh
from tenure.relationship import selectors
from tenure.relationship.models import Evaluation, LevelChange, Standing

pytestmark = pytest.mark.django_db
STAGES = ("contracts", "forecast", "relationship", "training", "outlook", "becoming")
WEEK = timedelta(days=7)
FEW = {"replays": 0, "features": 5, "resamples": 2}


def everything(at=TODAY):
    return {run.stage: run.detail for run in refresh(*STAGES, at=at)}


@pytest.fixture
def owners():
    found = company(stay=16, leave=16)
    with clock.at(TODAY):
        forecast_definition_save(actor=None, body={**QUICK, **FEW})
    return found


def sources(day):
    """Account → what C6 rests on, by the newest row of a day."""
    rows = Evaluation.objects.filter(as_of=day).order_by("pk")
    return {row.account_id: (row.outlook_source, row.clauses.get("C6")) for row in rows}


def test_one_refresh_from_nothing_rests_on_the_forecast_for_all_who_have_one(owners):
    told = everything()
    assert ForecastRun.objects.get(status="live").signal
    said = dict(Prediction.objects.filter(run__status="live").values_list("account", "stay"))
    assert told["outlook"]["rows"] >= len(said) == 16
    newest = sources(TODAY.date())
    for key, stay in said.items():
        source, (_answer, evidence) = newest[key]
        assert (source, evidence["forecast"]) == ("forecast", True)
        assert evidence["as_of"] == TODAY.date().isoformat()
        assert evidence["chance"] == pytest.approx(stay, abs=1e-4)
        standing = Standing.objects.get(account=key)
        assert standing.evaluation.outlook_source == "forecast"
        assert standing.outlook == evidence["chance"]
    assert {newest[owner.pk][0] for owner in owners if owner.pk not in said} <= {""}


@pytest.mark.once
def test_a_week_before_the_first_model_rests_on_curves_and_says_so(owners):
    everything()
    before = sources(date(2025, 7, 13))
    paid = [told for told in before.values() if told[1]]
    assert len(paid) >= 16
    for source, (_answer, evidence) in paid:
        assert (source, evidence["forecast"]) == ("curves", False)
        assert evidence["as_of"] == "2025-06-30"


@pytest.mark.once
def test_a_refresh_after_which_nothing_changed_writes_no_rows(owners):
    everything()
    rows = Evaluation.objects.count(), LevelChange.objects.count()
    assert everything()["outlook"] == {"rows": 0}
    assert everything(TODAY + timedelta(hours=6))["outlook"] == {"rows": 0}
    assert (Evaluation.objects.count(), LevelChange.objects.count()) == rows


@pytest.mark.once
def test_the_next_days_and_weeks_keep_saying_so_in_a_row_a_week(owners):
    everything()
    rows = Evaluation.objects.filter(outlook_source="forecast").count()
    everything(TODAY + timedelta(days=1))
    assert Evaluation.objects.filter(outlook_source="forecast").count() == rows == 16
    everything(TODAY + WEEK)
    for day in (date(2025, 7, 20), TODAY.date() + WEEK):
        assert [told[0] for told in sources(day).values()].count("forecast") == 16
    # The week that was over before the first model still says what was known at its end.
    assert "forecast" not in {told[0] for told in sources(date(2025, 7, 13)).values()}


@pytest.mark.once
def test_it_moves_no_level(owners):
    with clock.at(TODAY):
        pipeline.run(only=STAGES[:4])
        before = list(LevelChange.objects.order_by("pk").values_list("pk", "as_of", "new"))
        levels = dict(Standing.objects.values_list("account", "level"))
        pipeline.run(only=["outlook"])
    assert list(LevelChange.objects.order_by("pk").values_list("pk", "as_of", "new")) == before
    assert dict(Standing.objects.values_list("account", "level")) == levels


@pytest.mark.once
def test_it_waits_for_the_ladder():
    account()
    assert everything()["outlook"] == {"rows": 0}
    assert refresh("outlook", at=TODAY + WEEK)[0].detail == {"rows": 0}


@pytest.mark.once
def test_past_midnight_on_a_sunday_the_next_refresh_does_it(owners):
    sunday = TODAY + timedelta(days=4)
    with clock.at(sunday):
        pipeline.run(only=STAGES[:4])
    rows = Evaluation.objects.count()
    assert refresh("outlook", at=sunday + timedelta(days=1))[0].detail == {"rows": 0}
    assert Evaluation.objects.count() == rows
    everything(sunday + timedelta(days=1))
    assert [told[0] for told in sources(sunday.date()).values()].count("forecast") == 16


def test_becoming_segments_and_retention_follow_it():
    order = [stage.name for stage in pipeline.ordered()]
    places = [order.index(name) for name in ("relationship", "training", "outlook")]
    assert places == sorted(places)
    after = {"becoming", "segments", "retention"}
    assert after <= set(order[places[-1] :])


@pytest.mark.once
def test_rows_from_before_take_their_source_from_their_evidence(owners):
    everything()
    kept = dict(Evaluation.objects.values_list("pk", "outlook_source"))
    assert set(kept.values()) == {"", "curves", "forecast"}
    Evaluation.objects.update(outlook_source="")
    module = import_module("tenure.relationship.migrations.0004_outlook_source")
    module.told_by_evidence(apps, SimpleNamespace(connection=connection))
    assert dict(Evaluation.objects.values_list("pk", "outlook_source")) == kept
    assert selectors.standing_of(owners[0]).outlook_source == "forecast"
