"""Drift of probabilities and of inputs: kept by day, raised when it is clear, closed when over."""

from datetime import date, timedelta

import numpy as np
import pytest

from tenure.core import clock
from tenure.engine.panel import spell_panel
from tenure.forecast import selectors
from tenure.forecast.definitions import parse
from tenure.forecast.models import (
    CalibrationTrend,
    CurrentForecast,
    FeatureDrift,
    ForecastNotice,
    ForecastRun,
    Prediction,
    RunStatus,
)
from tenure.forecast.services import forecast_predict, track_record_update
from tenure.forecast.services.current import current_forget
from tenure.forecast.services.notices import calibration_watch, drift_of, has_moved, shares_of
from tenure.forecast.services.track import Told, month_number, monthly
from tenure.forecast.tests.company import company, train
from tenure.forecast.texts import notice_sentence
from tenure.health.tests.world import TODAY, account, period, when


def panel(values):
    size = len(values)
    came = np.zeros(size, dtype=bool)
    return spell_panel(np.full(size, 12), came, values, ["a", "b"], account=range(size))


def moved(before, after):
    found = drift_of(shares_of(before), after)
    return [one["feature"] for one in found if has_moved(one["index"], one["chance"])]


def test_inputs_that_moved_are_named_first_and_others_have_not_moved():
    draw = np.random.default_rng(0)
    before = panel(draw.normal(0, 1, (500, 2)))
    after = panel(draw.normal([0, 3], 1, (200, 2)))
    assert [one["feature"] for one in drift_of(shares_of(before), after)] == ["b", "a"]
    assert moved(before, after) == ["b"]
    assert moved(before, panel(draw.normal(0, 1, (200, 2)))) == []
    assert drift_of(shares_of(before), after.take(slice(0, 10))) == []


def test_a_value_that_is_missing_more_often_now_is_told():
    draw = np.random.default_rng(1)
    values = draw.normal(0, 1, (300, 2))
    gone = values.copy()
    gone[:150, 0] = np.nan
    [first, _] = drift_of(shares_of(panel(values)), panel(gone))
    assert (first["feature"], first["unknown_then"], first["unknown_now"]) == ("a", 0.0, 0.5)


def test_sixty_accounts_that_stand_still_do_not_seem_to_have_moved():
    draw = np.random.default_rng(2)
    before = shares_of(panel(draw.normal(0, 1, (4000, 2))))
    seen = [drift_of(before, panel(draw.normal(0, 1, (60, 2)))) for _ in range(200)]
    raised = [any(has_moved(o["index"], o["chance"]) for o in found) for found in seen]
    assert np.mean(raised) < 0.1
    assert np.mean([any(one["index"] > 0.25 for one in found) for found in seen]) > 0.1


def told(account, day, survival, month, followed):
    return Told(account, day, survival, month, followed)


def test_a_prediction_is_asked_of_each_month_until_the_next_one():
    last = month_number(date(2025, 12, 1))
    rows = [
        told(1, date(2025, 1, 6), [0.9, 0.8, 0.7], 3, 6),
        told(1, date(2025, 3, 6), [0.6, 0.3], 1, 6),
        told(2, date(2025, 1, 6), [0.5, 0.4], 0, 2),
    ]
    came, chance, month = monthly(rows, last)
    assert came.tolist() == [0, 0, 1, 0, 0]
    assert chance == pytest.approx([0.1, 1 - 0.8 / 0.9, 0.4, 0.5, 0.2])
    first = month_number(date(2025, 1, 1))
    assert (month - first).tolist() == [0, 1, 2, 0, 1]


def test_a_month_whose_windows_are_not_all_closed_is_not_told_yet():
    rows = [told(1, date(2025, 1, 6), [0.9, 0.8], 0, 2)]
    assert monthly(rows, month_number(date(2025, 1, 1)))[2].size == 1
    assert monthly(rows, month_number(date(2024, 12, 1)))[2].size == 0


def foretold(months, chance, leavers, first="2024-01-05"):
    """Accounts forecast on the fifth of each month; so many leave in each month that follows."""
    run = ForecastRun.objects.create(
        started_at=when(first), as_of=date(2024, 1, 5), code_version="1", status=RunStatus.LIVE,
        parameters={"definition": {"stale_days": 60}, "shares": {}},
    )  # fmt: skip
    days = [date(2024 + m // 12, m % 12 + 1, 5) for m in range(months)]
    ends = [end for m in range(months) for end in [days[m] + timedelta(days=9)] * leavers(m)]
    owners = [account(f"d{n}", since="2023-01-01") for n in range(max(100, len(ends) + 60))]
    rows = []
    for n, owner in enumerate(owners):
        end = ends[n] if n < len(ends) else None
        period(owner, started="2023-01-01", ended=end.isoformat() if end else None)
        rows += [
            Prediction(
                run=run, account=owner, as_of=day, made_at=when(day.isoformat()),
                survival=[1 - chance] * 3, low=[0.5] * 3, high=[1.0] * 3, stay=0.8, stay_low=0.7,
                stay_high=0.9,
            )
            for day in days if end is None or day < end
        ]  # fmt: skip
    Prediction.objects.bulk_create(rows)
    return days[-1] + timedelta(days=75)


def look(day):
    with clock.at(when(day.isoformat())):
        track_record_update(parse({}))
    return CalibrationTrend.objects.get(source="live", as_of=day)


@pytest.mark.django_db
def test_churn_that_grows_away_from_the_forecast_raises_a_notice_until_it_is_over():
    day = foretold(10, 0.03, lambda m: 1 + 2 * m)
    found = look(day)
    assert found.trend["drifts"]
    assert found.trend["low"] > 0
    assert [one["events"] for one in found.months][:10] == [1 + 2 * m for m in range(10)]
    notice = ForecastNotice.objects.get(kind="calibration")
    assert "rose by" in notice_sentence(notice)
    assert selectors.calibration_trend() == found
    calibration_watch(None)
    notice.refresh_from_db()
    assert notice.over_at is not None


@pytest.mark.django_db
def test_churn_as_it_was_forecast_raises_none():
    found = look(foretold(10, 0.05, lambda m: 4))
    assert found.trend["p"] > 0.05
    assert not ForecastNotice.objects.filter(kind="calibration").exists()


@pytest.mark.django_db
def test_churn_three_times_what_was_forecast_is_off_without_a_trend():
    look(foretold(10, 0.01, lambda m: 6))
    notice = ForecastNotice.objects.get(kind="calibration")
    assert "slope" not in notice.detail
    assert "times the churn that came (6" in notice_sentence(notice)


@pytest.mark.django_db
def test_a_few_months_are_kept_but_tell_no_trend():
    found = look(foretold(3, 0.03, lambda m: 3))
    assert (len(found.months), found.trend) == (3, {})
    assert not ForecastNotice.objects.filter(kind="calibration").exists()


@pytest.mark.django_db
def test_predicting_keeps_the_drift_of_inputs_and_what_lists_show():
    owners = company(stay=60, leave=14)
    run = train(replays=0, history_months=9)
    with clock.at(TODAY):
        forecast_predict(run=run)
        forecast_predict(run=run)
    found = selectors.feature_drift(run)
    assert (FeatureDrift.objects.count(), found.rows) == (1, 60)
    assert {one["feature"] for one in found.features} <= set(run.features)
    assert CurrentForecast.objects.count() == 60
    row = CurrentForecast.objects.get(account=owners[0])
    said = Prediction.objects.get(run=run, account=owners[0], as_of=TODAY.date())
    assert (row.horizon, row.churn) == (3, pytest.approx(1 - said.survival[2], abs=1e-6))
    assert row.low <= row.churn <= row.high
    with clock.at(TODAY):
        forecast_predict(run=run, day=TODAY.date() - timedelta(days=30))
    assert CurrentForecast.objects.get(account=owners[0]) == row
    assert CurrentForecast.objects.filter(as_of=TODAY.date()).count() == 60
    current_forget(TODAY.date() + timedelta(days=1))
    assert not CurrentForecast.objects.exists()
