"""Training: repeatable, honest at every size, and only as good as it shows."""

from datetime import timedelta

import pytest

from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.engine.hazards import load
from tenure.forecast import selectors
from tenure.forecast.models import BacktestResult, ForecastRun, Prediction, RunStatus, StoredModel
from tenure.forecast.services import forecast_predict, forecast_train
from tenure.forecast.services.predicting import Oracle, predict_day
from tenure.forecast.tests.company import company, train
from tenure.health.tests.world import TODAY, account, period

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_two_trainings_of_the_same_facts_give_the_same_bytes_and_predictions():
    company(stay=14, leave=14)
    first, second = train(replays=0), train(replays=0)
    assert first.digest == second.digest
    models = [bytes(StoredModel.objects.get(run=run).content) for run in (first, second)]
    assert models[0] == models[1]
    with clock.at(TODAY):
        forecast_predict(run=first)
        stored = dict(Prediction.objects.filter(run=first).values_list("account_id", "survival"))
        again = {
            owner: values["survival"]
            for _, found in predict_day(Oracle.of(first), TODAY.date())
            for owner, values in found
        }
    assert stored == again
    assert len(stored) == 14


def test_who_fades_is_forecast_to_leave_and_the_past_bears_it_out():
    owners = company()
    run = train()
    assert run.status == RunStatus.LIVE
    assert run.signal
    assert run.events["churn"] > 10
    with clock.at(TODAY):
        forecast_predict(run=run)
        told = selectors.backtests()
        of = {row.method: row.metrics for row in told.pooled if row.horizon == 3}
        quiet = selectors.prediction_current(owners[0])
    assert of["forecast"]["auc"][0] > 0.7
    assert of["base_rate"]["auc"][0] == 0.5
    assert len(of["base_rate"]["worse_by"]) == 3
    assert {row.origin for row in told.by_day} == {(TODAY - timedelta(days=122)).date()}
    assert quiet.survival[0] > 0.9
    assert all(a >= b for a, b in zip(quiet.survival, quiet.survival[1:], strict=False))
    assert quiet.stay_low <= quiet.stay <= quiet.stay_high


def test_the_reasons_add_up_to_the_chance_of_churn():
    import math

    owners = company()
    run = train(replays=0)
    with clock.at(TODAY):
        forecast_predict(run=run)
        said = selectors.prediction_current(owners[1])
    total = said.base + said.others + sum(reason.contribution for reason in said.reasons)
    assert total == pytest.approx(math.log(said.churn / (1 - said.churn)), abs=2e-3)


def test_nothing_of_a_person_is_in_a_prediction():
    owners = company(stay=8, leave=8)
    run = train(replays=0)
    assert not [name for name in run.features if "@" in name or "email" in name]
    with clock.at(TODAY):
        forecast_predict(run=run)
        said = selectors.prediction_current(owners[0])
    assert all(set(driver) == {"name", "feature", "contribution", "now", "then", "steady"}
               for driver in said.row.drivers)  # fmt: skip


def test_without_accounts_there_is_nothing_to_learn_from():
    with clock.at(TODAY), pytest.raises(TenureError, match="nothing to learn"):
        forecast_train()
    assert not ForecastRun.objects.exists()


def test_one_account_gets_a_wide_answer_from_the_prior():
    owner = account()
    period(owner, interval="month")
    run = train()
    assert not run.signal
    with clock.at(TODAY):
        assert forecast_predict(run=run) == 1
        said = selectors.prediction_current(owner)
        kinds = {notice.kind for notice in selectors.notices()}
    assert said.stay_high - said.stay_low > 0.1
    assert 0.3 < said.stay < 1.0
    assert not said.signal
    assert "no_signal" in kinds


def test_zero_churns_do_not_make_anybody_immortal():
    company(stay=20, leave=0)
    run = train()
    assert not run.signal
    with clock.at(TODAY):
        forecast_predict(run=run)
        told = list(Prediction.objects.filter(run=run).values_list("stay", "stay_high"))
    assert all(0.5 < stay < 0.999 for stay, _ in told)
    assert len(told) == 20


def test_when_everybody_left_nobody_is_predicted():
    company(stay=0, leave=20)
    run = train()
    with clock.at(TODAY):
        assert forecast_predict(run=run) == 0
        assert selectors.backtests().run == run
    assert run.events["churn"] > 0


def test_a_replay_knows_nothing_of_what_came_after_its_day():
    company(stay=14, leave=14)
    run = train()
    replay = ForecastRun.objects.get(status=RunStatus.REPLAY)
    before = dict(Prediction.objects.filter(run=replay).values_list("account_id", "survival"))
    assert replay.as_of < run.as_of
    # What was recorded later is taken away; the replay stays the same to the last digit.
    later = SubscriptionPeriod.objects.filter(recorded_at__date__gt=replay.as_of)
    assert later.exists()
    later.delete()
    SubscriptionPeriod.objects.filter(superseded_at__date__gt=replay.as_of).update(
        superseded_at=None
    )
    train()
    again = ForecastRun.objects.filter(status=RunStatus.REPLAY).latest("pk")
    after = dict(Prediction.objects.filter(run=again).values_list("account_id", "survival"))
    assert after == before


def test_a_new_model_takes_over_and_the_change_is_in_the_audit_log():
    company(stay=14, leave=14)
    first = train(replays=0)
    second = train(TODAY + timedelta(days=1), replays=0)
    first.refresh_from_db()
    assert (first.status, second.status) == (RunStatus.RETIRED, RunStatus.LIVE)
    assert first.reason == f"Replaced by run {second.pk}."
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"forecast.train", "forecast.live", "forecast.retired"} <= actions


def test_a_viewer_may_not_train():
    with clock.at(TODAY):
        viewer = user_create(actor=None, email="v@x.example", role=Role.VIEWER)
        with pytest.raises(NotAllowed):
            forecast_train(actor=viewer)


def test_a_stored_model_is_what_it_was():
    company(stay=8, leave=8)
    run = train(replays=0)
    content = bytes(StoredModel.objects.get(run=run).content)
    assert load(content).to_bytes() == content
    assert not BacktestResult.objects.filter(run=run).exists()
