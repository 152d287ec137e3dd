"""C6 takes the forecast that was made by the day, else the retention curves."""

from datetime import date, timedelta

import pytest

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.forecast.models import ForecastRun, Prediction
from tenure.health.tests.world import TODAY, account, period, refresh, when
from tenure.relationship import selectors
from tenure.relationship.definitions import parse
from tenure.relationship.inputs import gather

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 13)
TRAINED = date(2025, 6, 1)


@pytest.fixture
def owners():
    found = [account(f"a{i}", since="2023-01-03") for i in range(12)]
    for owner in found:
        period(owner, started="2023-01-03")
    return found


def forecast(owner, as_of, stay, *, signal=True, status="live", trained=None):
    run, _ = ForecastRun.objects.get_or_create(
        status=status, as_of=trained or TRAINED, signal=signal,
        defaults={"started_at": TODAY, "code_version": "1"},
    )  # fmt: skip
    Prediction.objects.create(
        run=run, account=owner, as_of=as_of, made_at=when(as_of.isoformat()), stay=stay,
        stay_low=stay - 0.1, stay_high=stay + 0.1,
    )  # fmt: skip


def outlook(owners, *days):
    with clock.at(TODAY):
        keys = list(Account.objects.order_by("pk").values_list("pk", flat=True))
        return gather(keys, list(days), parse({})).outlook


def test_the_newest_forecast_made_by_the_day_counts(owners):
    forecast(owners[0], date(2025, 7, 8), 0.5)
    forecast(owners[0], date(2025, 7, 12), 0.6)
    forecast(owners[0], date(2025, 7, 15), 0.7)
    found = outlook(owners, DAY, TODAY.date())
    assert found.mean[0].tolist() == [0.6, 0.7]
    assert found.forecast[0].tolist() == [True, True]
    assert not found.forecast[1:].any()
    assert found.mean[1, 0] > 0.7
    assert found.as_of[0].tolist() == [date(2025, 7, 12), date(2025, 7, 15)]
    assert found.as_of[1].tolist() == [date(2025, 6, 30), date(2025, 6, 30)]
    assert found.sources(0) == ["forecast"] + ["curves"] * 11


def test_before_the_first_forecast_and_long_after_the_last_curves_are_read(owners):
    forecast(owners[0], date(2025, 6, 1), 0.5)
    found = outlook(owners, date(2025, 5, 25), date(2025, 6, 8), DAY)
    assert found.forecast[0].tolist() == [False, True, False]


@pytest.mark.parametrize("given", [{"signal": False}, {"status": "replay"}])
def test_a_model_without_a_signal_and_a_replay_do_not_count(owners, given):
    forecast(owners[0], DAY, 0.5, **given)
    assert not outlook(owners, DAY).forecast.any()


def test_what_was_learned_later_than_the_day_does_not_count(owners):
    forecast(owners[0], DAY + timedelta(days=1), 0.5)
    late = {"trained": DAY, "status": "retired"}
    forecast(owners[1], DAY - timedelta(days=1), 0.5, **late)
    assert not outlook(owners, DAY).forecast.any()
    forecast(owners[1], DAY, 0.5, **late)
    assert outlook(owners, DAY).forecast[:, 0].tolist() == [False, True] + [False] * 10


def test_the_newest_model_without_a_signal_silences_the_one_before(owners):
    forecast(owners[0], DAY - timedelta(days=2), 0.5, status="retired")
    assert outlook(owners, DAY).forecast[0, 0]
    forecast(owners[0], DAY - timedelta(days=1), 0.5, signal=False)
    found = outlook(owners, DAY)
    assert not found.forecast.any()
    assert found.mean[0, 0] == found.mean[1, 0]


def test_nobody_says_anything_while_too_few_customers_were_seen():
    owner = account("alone", since="2025-01-03")
    period(owner, started="2025-01-03")
    found = outlook([owner], DAY)
    assert (found.sources(0), found.as_of[0].tolist()) == ([""], [None])


def test_the_evidence_says_where_it_comes_from(owners):
    forecast(owners[0], TODAY.date() - timedelta(days=1), 0.95)
    refresh("relationship")
    answer, evidence = selectors.standing_of(owners[0]).clauses["C6"]
    assert answer == "yes"
    assert (evidence["chance"], evidence["forecast"]) == (0.95, True)
    assert evidence["as_of"] == "2025-07-15"
    assert not selectors.standing_of(owners[1]).clauses["C6"][1]["forecast"]
