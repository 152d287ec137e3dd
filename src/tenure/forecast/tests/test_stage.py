"""The stages: predict when something is new, train when it is due, tell when something is wrong."""

from datetime import date, timedelta

import pytest

from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.forecast import selectors
from tenure.forecast.models import ForecastNotice, ForecastRun, Prediction, RunStatus, TrackRecord
from tenure.forecast.services import forecast_definition_save
from tenure.forecast.tests.company import QUICK, company, train
from tenure.forecast.texts import notice_sentence
from tenure.health.tests.world import TODAY, refresh, when

pytestmark = pytest.mark.django_db


def stage(name, at=TODAY):
    return refresh(name, at=at)[0].detail


def quick(**body):
    with clock.at(TODAY):
        forecast_definition_save(actor=None, body={**QUICK, "replays": 0, **body})


def test_without_a_model_nothing_is_predicted_and_nothing_fails():
    assert stage("forecast") == {"run": None, "predictions": 0}
    assert stage("training") == {"trained": None, "why": "nobody has paid yet"}


def test_the_first_training_predicts_at_once_and_the_next_is_due_in_a_month():
    company(stay=8, leave=8)
    quick()
    told = stage("training")
    assert (told["status"], told["predictions"]) == ("live", 8)
    assert stage("training") == {"trained": None}
    assert stage("training", TODAY + timedelta(days=29)) == {"trained": None}
    assert stage("training", TODAY + timedelta(days=30))["trained"] is not None


def test_a_refresh_writes_only_what_is_new():
    owners = company(stay=8, leave=8)
    quick()
    stage("training")
    assert stage("forecast")["predictions"] == 0
    later = TODAY + timedelta(hours=1)
    row = SubscriptionPeriod.objects.get(account=owners[0])
    SubscriptionPeriod.objects.filter(pk=row.pk).update(superseded_at=later)
    row.pk, row.recorded_at, row.mrr = None, later, 250
    row.save()
    assert stage("forecast", later + timedelta(hours=1))["predictions"] == 1
    with clock.at(later + timedelta(hours=1)):
        assert selectors.prediction_current(owners[0]).mrr == 250
        # At the end of the day before nothing was known yet.
        assert selectors.prediction_on(owners[0], TODAY.date() - timedelta(days=1)) is None


@pytest.mark.once
def test_a_new_week_gets_a_prediction_of_its_own():
    company(stay=8, leave=8)
    quick()
    stage("training")
    assert stage("forecast", TODAY + timedelta(days=7))["predictions"] == 8
    assert set(Prediction.objects.values_list("as_of", flat=True)) == {
        TODAY.date(),
        TODAY.date() + timedelta(days=7),
    }


def test_predictions_are_scored_when_their_time_has_come():
    owners = company(stay=10, leave=10)
    quick()
    stage("training")
    gone = SubscriptionPeriod.objects.filter(account=owners[0])
    gone.update(ended_at=when("2025-08-01"))
    stage("forecast", TODAY + timedelta(days=40))
    record = TrackRecord.objects.get(source="live", horizon=1)
    assert (record.predictions, record.events) == (10, 1)
    assert record.metrics["actual"][0] == 0.1
    assert [row.horizon for row in selectors.track_record() if row.source == "live"] == [1]


@pytest.mark.once
def test_who_pays_no_more_has_no_current_prediction():
    from tenure.accounts.models import Account

    owners = company(stay=8, leave=8)
    quick()
    stage("training")
    SubscriptionPeriod.objects.filter(account=owners[0]).update(ended_at=TODAY)
    later = TODAY + timedelta(days=2)
    refresh("contracts", at=later)
    with clock.at(later):
        assert selectors.prediction_current(owners[0]) is None
        assert selectors.prediction_on(owners[0], TODAY.date()) is not None
        told = {one.account for one in selectors.predictions_of(Account.objects.all())}
    assert told == {owner.pk for owner in owners[1:8]}


@pytest.mark.once
def test_an_old_model_gives_a_notice_until_there_is_a_new_one():
    company(stay=8, leave=8)
    quick(retrain_days=300, stale_days=20)
    stage("training")
    stage("forecast", TODAY + timedelta(days=21))
    notice = ForecastNotice.objects.get(kind="stale")
    assert "21 days old" in notice_sentence(notice)
    train(TODAY + timedelta(days=22), replays=0)
    notice.refresh_from_db()
    assert notice.over_at is not None


@pytest.mark.once
def test_on_a_past_day_a_replay_stands_in():
    owners = company(stay=14, leave=14)
    run = train()
    replay = ForecastRun.objects.get(status=RunStatus.REPLAY)
    with clock.at(TODAY):
        said = selectors.prediction_on(owners[0], replay.as_of + timedelta(days=30))
        assert said.replay
        assert said.run == replay
        assert selectors.prediction_on(owners[0], date(2024, 1, 5)) is None
        assert selectors.runs() == [run]


def test_selectors_say_nothing_where_there_is_nothing():
    from tenure.accounts.models import Account

    everyone = Account.objects.all()
    with clock.at(TODAY):
        assert selectors.predictions_of(everyone) == []
        assert selectors.renewal_book(everyone).lines == ()
        assert selectors.backtests().pooled == ()
        assert selectors.calibration() == []
        assert selectors.lift() == {}
        assert selectors.track_record() == []
        assert selectors.health_comparison() is None
        assert selectors.notices() == []
        assert selectors.stay_on([TODAY.date()], [1]).mean.shape == (1, 1)
