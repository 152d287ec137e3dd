"""Models: each of the things that are forecast by itself, and what drifts."""

import pytest

from tenure.core.roles import Role
from tenure.forecast.models import BacktestResult
from tenure.web.evidence import charts, drift
from tenure.web.evidence.causes import CAUSES
from tenure.web.evidence.measures import AUC, LOG_LOSS, MEASURES, figures
from tenure.web.tests.evidence import (
    backtest_make,
    causes_make,
    evidence_make,
    moved_make,
    notice_make,
    run_make,
    trend_make,
)

pytestmark = pytest.mark.django_db
HERE = "/models/backtests"
NBSP = "\N{NO-BREAK SPACE}"


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_nobody_reads_evidence_without_signing_in(client):
    run = evidence_make()
    for path in (f"{HERE}?cause=expansion", "/models/track-record", f"/models/runs/{run.pk}"):
        assert client.get(path).status_code == 302


def test_what_is_forecast_can_be_chosen_in_the_address(sign_in):
    evidence_make()
    answer = sign_in(Role.CSM).get(f"{HERE}?cause=expansion")
    text = text_of(answer)
    assert answer.context["cause"].key == "expansion"
    assert "paying more within 6 months" in text
    assert [row.method.key for row in answer.context["methods"]] == [
        "forecast", "logistic", "base_rate",
    ]  # fmt: skip
    assert answer.context["methods"][0].events == 150
    assert "It came to 150 of 1,840 accounts at their test dates." in text
    assert [row.name for row in answer.context["segments"]] == ["Retail"]
    assert not answer.context["calibration"].is_empty
    assert answer.context["lift"].up == "Found of those who paid more"
    assert f"The likeliest 10{NBSP}% of accounts hold" in answer.context["lift"].summary
    assert "The figures below" not in text


def test_choosing_another_cause_keeps_nothing_that_it_may_not_have(sign_in):
    evidence_make()
    text = text_of(sign_in(Role.CSM).get(f"{HERE}?cause=expansion&months=3&measure=log_loss"))
    assert 'href="?cause=contraction"' in text
    assert "paying more within 3 months" in text


def test_a_cause_that_came_too_rarely_is_not_judged(sign_in):
    evidence_make()
    text = text_of(sign_in(Role.CSM).get(f"{HERE}?cause=contraction"))
    assert "7 contractions in the closed windows: too few to judge." in text
    assert 'id="calibration"' not in text
    assert 'id="lift"' not in text
    assert 'id="segments"' not in text
    assert "0.73" in text  # the figure itself, with its interval


def test_one_event_is_told_in_the_singular():
    assert CAUSES["contraction"].told_few(1).startswith("1 contraction in the closed")
    assert CAUSES["client"].told_few(0).startswith("0 new clients in the closed")
    assert CAUSES["churn"].told_few(1234).startswith("1,234 churns in")


def test_a_cause_that_was_never_tried_says_when_it_will_be(sign_in):
    evidence_make()
    text = text_of(sign_in(Role.CSM).get(f"{HERE}?cause=client"))
    assert "This run was not tried on it" in text


@pytest.mark.parametrize("asked", ["", "nothing", "%00", "churn"])
def test_an_address_without_a_known_cause_shows_churn(sign_in, asked):
    evidence_make()
    answer = sign_in(Role.CSM).get(f"{HERE}?cause={asked}")
    assert answer.context["cause"].key == "churn"
    assert answer.context["methods"][0].events == 126


def test_the_head_of_models_is_about_churn_whatever_else_is_stored(sign_in):
    run = run_make()
    causes_make(run)
    backtest_make(run)
    answer = sign_in(Role.LEADER).get("/models")
    assert answer.context["methods"][0].events == 126
    assert len(answer.context["methods"]) == 5


def test_test_dates_have_a_line_of_the_logistic_model(sign_in):
    evidence_make()
    answer = sign_in(Role.CSM).get(HERE)
    assert [one.key for one in answer.context["dated_methods"]] == [
        "forecast", "logistic", "health", "base_rate",
    ]  # fmt: skip
    assert "Logistic model" in [one.name for one in answer.context["origins"].series]


def test_the_download_names_the_cause_of_each_line(sign_in):
    evidence_make()
    answer = sign_in(Role.CSM).get("/models/backtests.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert any(line.startswith("expansion,forecast,,,6,1840,150,auc,0.73") for line in lines)


def test_measures_are_named_once_and_read_in_the_order_asked():
    told = {"log_loss": [0.2, 0.1, 0.3], "auc": [0.7, None, None]}
    first, second = figures(told, ["auc", "log_loss"])
    assert (first.measure, second.measure) == (AUC, LOG_LOSS)
    assert (first.interval, second.interval) == ("", "0.100 to 0.300")
    assert all(key == measure.key for key, measure in MEASURES.items())


def test_a_trend_that_is_not_clear_is_told_as_such(sign_in):
    evidence_make()
    answer = sign_in(Role.CSM).get("/models/track-record")
    text = text_of(answer)
    assert "move by 0.010 a month (−0.050 to 0.070, p = 0.740): no clear drift." in text
    assert "66.6 were expected" in text
    assert len(answer.context["trend"].chart.labels) == 9


def test_a_trend_that_is_clear_is_told_with_its_interval(sign_in):
    run_make()
    trend_make(drifts=True)
    text = text_of(sign_in(Role.CSM).get("/models/track-record"))
    assert "p below 0.001): the probabilities drift." in text
    notice_make(
        "calibration", slope=0.14, low=0.08, high=0.2, p=0.0, ratio=0.9, events=60, months=9
    )
    said = text_of(sign_in(Role.CSM).get("/models"))
    assert "its odds rose by 15 % a month" in said


def test_a_notice_of_before_there_was_a_trend_can_still_be_read(sign_in):
    run = run_make()
    notice_make("calibration", run, ratio=2.04, events=20)
    assert "expected 2.0 times the churn that came (20)" in text_of(
        sign_in(Role.CSM).get("/models")
    )


def test_with_a_few_months_the_record_says_from_when_on_it_can_tell(sign_in):
    run_make()
    trend_make(months=3)
    text = text_of(sign_in(Role.CSM).get("/models/track-record"))
    assert "can be said from 6 months and 20 departures on" in text


def test_the_replay_stands_in_while_nothing_made_at_the_time_is_closed():
    trend_make("replay")
    assert drift.calibration_trend().replay
    trend_make("live")
    assert not drift.calibration_trend().replay


def test_every_input_is_held_against_the_training_by_a_readable_name(sign_in):
    run = run_make()
    client = sign_in(Role.CSM)
    assert "Not looked at" in text_of(client.get(f"/models/runs/{run.pk}"))
    moved_make(run)
    answer = client.get(f"/models/runs/{run.pk}")
    rows = answer.context["moved"].features
    assert [one.state for one in rows] == ["moved", "some", "steady", "steady"]
    assert rows[1].name == "Health score, change over 3 months"
    assert answer.context["moved"].moved == 1
    assert "has moved" in text_of(answer)
    assert "420 accounts predicted on" in text_of(answer)


def test_lift_of_nothing_says_so():
    rows = [BacktestResult(method="forecast", lift=[])]
    assert "cannot be said yet" in charts.lift_sentence(rows, 0.1, CAUSES["expansion"])
