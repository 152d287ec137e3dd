"""The pages under Models: what they say of a forecast, and what only some may read."""

import pytest

from tenure.core.roles import Role
from tenure.forecast.models import BacktestResult, NoticeKind, RunStatus
from tenure.web.evidence import charts, scorecard
from tenure.web.evidence.causes import CAUSES
from tenure.web.evidence.measures import AUC
from tenure.web.evidence.stored import backtest_of
from tenure.web.templatetags.formats import day_text
from tenure.web.tests.evidence import (
    backtest_make,
    bins,
    comparison_make,
    evidence_make,
    lift,
    notice_make,
    record_make,
    run_make,
)
from tenure.web.tests.factories import account_make, ago

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)>"
PAGES = ("", "/backtests", "/health-score", "/track-record", "/runs")


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("tab", PAGES)
@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_the_whole_page(sign_in, role, tab):
    evidence_make()
    text_of(sign_in(role).get(f"/models{tab}"))


@pytest.mark.parametrize("tab", PAGES)
def test_before_any_training_it_says_what_will_come(sign_in, tab):
    text = text_of(sign_in(Role.LEADER).get(f"/models{tab}"))
    assert "No model has been trained yet" in text or "Nothing can be told right or wrong" in text


def test_the_head_says_what_is_live_and_that_it_beats_the_base_rate(sign_in):
    run = evidence_make()
    answer = sign_in(Role.LEADER).get("/models")
    text = text_of(answer)
    assert answer.context["run"] == run
    assert answer.context["live"]
    assert "The forecast beats the base rate." in text
    assert "over 4 past dates is 0.212, that of the base rate 0.262" in text
    assert "78 times of 100" in text
    assert "600 accounts" in text
    assert "12,000 account-months" in text


def test_a_model_without_signal_says_so_in_plain_words(sign_in):
    backtest_make(run_make(signal=False))
    text = text_of(sign_in(Role.CSM).get("/models"))
    assert "No usable signal." in text
    assert "shown the base rate" in text


def test_a_forecast_that_lost_on_past_dates_does_not_boast(sign_in):
    run = run_make()
    backtest_make(run)
    BacktestResult.objects.filter(method="base_rate").update(
        metrics={"log_loss": [0.2, 0.19, 0.21], "worse_by": [-0.01, -0.02, 0.0]}
    )
    text = text_of(sign_in(Role.LEADER).get("/models"))
    assert "no better than the base rate" in text
    assert "The forecast beats" not in text


def test_a_gain_that_may_be_chance_is_called_so(sign_in):
    backtest_make(run_make())
    BacktestResult.objects.filter(method="base_rate").update(
        metrics={"log_loss": [0.262, 0.2, 0.3], "worse_by": [0.05, -0.01, 0.11]}
    )
    text = text_of(sign_in(Role.LEADER).get("/models"))
    assert "did better than the base rate so far" in text
    assert "this may still be chance" in text


def test_while_none_is_live_the_newest_candidate_is_shown_as_such(sign_in):
    run_make(status=RunStatus.REPLAY)
    run = run_make(status=RunStatus.CANDIDATE)
    run_make(status=RunStatus.REPLAY)
    answer = sign_in(Role.LEADER).get("/models")
    assert answer.context["run"] == run
    assert "no model is live" in text_of(answer)


def test_methods_stand_beside_each_other_the_forecast_first(sign_in):
    evidence_make()
    rows = sign_in(Role.LEADER).get("/models").context["methods"]
    assert [row.method.key for row in rows] == [
        "forecast", "logistic", "health", "last_seen", "base_rate",
    ]  # fmt: skip
    assert rows[0].figures[0].text == "0.78"
    assert rows[0].figures[0].interval == "0.74 to 0.82"
    assert rows[-1].figures[3].text == "–"
    assert rows[0].figures[4].text == "31\N{NO-BREAK SPACE}%"


def test_a_horizon_can_be_chosen_and_only_one_that_is_there(sign_in):
    evidence_make()
    client = sign_in(Role.LEADER)
    assert client.get("/models/backtests").context["backtest"].horizon == 6
    chosen = client.get("/models/backtests?months=12")
    assert chosen.context["backtest"].horizon == 12
    assert chosen.context["methods"][0].figures[1].text == "0.424"
    assert client.get("/models/backtests?months=7").context["backtest"].horizon == 6
    assert [one.measure.key for one in chosen.context["extra"]] == [
        "predicted", "actual", "found", "lead_months", "uno_c",
    ]  # fmt: skip


def test_the_backtest_has_a_row_for_each_test_date_newest_first(sign_in):
    evidence_make()
    answer = sign_in(Role.LEADER).get("/models/backtests")
    rows = answer.context["origin_rows"]
    assert [row.origin for row in rows] == sorted((row.origin for row in rows), reverse=True)
    assert len(rows) == 4
    assert [row.name for row in answer.context["segments"]] == ["Enterprise", "Small business"]
    loss = sign_in(Role.LEADER).get("/models/backtests?measure=log_loss")
    assert loss.context["origin_rows"][-1].figures[0].text == "0.212"
    assert "Log loss of the forecast over 4 test dates: from 0.212 to 0.224." in text_of(loss)


@pytest.mark.parametrize(
    "query", ["?measure=nothing&months=x", "?measure=%00", "?months=²&measure=lift"]
)
def test_nonsense_in_the_address_is_ignored(sign_in, query):
    evidence_make()
    answer = sign_in(Role.LEADER).get(f"/models/backtests{query}")
    assert answer.context["measure"].key == "auc"
    assert answer.context["backtest"].horizon == 6


def test_calibration_tells_how_many_groups_came_as_predicted():
    told = bins()
    told[0] |= {"low": 0.3, "high": 0.4, "observed": 0.35}
    plot = charts.calibration([("Forecast", told)])
    assert "Of 10 groups" in plot.summary
    assert plot.summary.endswith("in 9.")
    assert [p.x for p in plot.traces[0].points][:2] == [1.0, 2.0]
    assert plot.most == 60.0
    assert charts.calibration([]).is_empty


def test_lift_at_the_capacity_lies_on_the_line_between_stored_points():
    row = BacktestResult(method="forecast", lift=[{"share": 0.1, "found": 0.4}])
    assert charts.found_at(row, 0.1) == pytest.approx(0.4)
    assert charts.found_at(row, 0.05) == pytest.approx(0.2)
    assert charts.found_at(row, 0.5) is None
    assert charts.found_at(BacktestResult(method="forecast"), 0.1) is None
    health = BacktestResult(method="health", lift=[{"share": 0.1, "found": 0.25}])
    assert charts.lift_sentence([row, health], 0.1, CAUSES["churn"]) == (
        "Looking after the riskiest 10\N{NO-BREAK SPACE}% finds 40\N{NO-BREAK SPACE}% of those who "
        "leave; by the health score it is 25\N{NO-BREAK SPACE}%."
    )


def test_a_scorecard_that_does_not_beat_a_date_is_told_so(sign_in):
    run = run_make()
    row = comparison_make(run)
    text = text_of(sign_in(Role.CSM).get("/models/health-score"))
    assert "Your scorecard does not beat renewal date and last seen." in text
    assert "reach 0.71 instead of 0.60" in text
    assert [w.title for w in scorecard.weights(row, {"pulse": "Pulse"})] == [
        "active_people", "usage_trend", "Pulse",
    ]  # fmt: skip
    row.beats = True
    assert scorecard.sentence(row).startswith("Your scorecard beats renewal date")
    row.beats = None
    assert scorecard.sentence(row).startswith("Too few accounts left")


def test_a_replay_is_never_taken_for_foresight(sign_in):
    run_make()
    record_make("replay", days=(0,))
    client = sign_in(Role.LEADER)
    text = text_of(client.get("/models/track-record"))
    assert "No prediction made at the time is old enough yet" in text
    assert "Made at the time" not in text
    record_make("live")
    answer = client.get("/models/track-record")
    assert "2,300 predictions were made at the time" in text_of(answer)
    assert [row.horizon for row in answer.context["live"]] == [1, 3, 6]
    assert answer.context["over_days"].labels == [day_text(ago(30)), day_text(ago(0))]
    names = [name for name, _points in answer.context["calibration"].rows()]
    assert names == ["Made at the time"] * 10 + ["Replay of the past"] * 10


def test_what_gives_concern_is_told_in_a_sentence_until_it_is_over(sign_in):
    run = run_make()
    stale = notice_make(NoticeKind.STALE, run, days=71)
    notice_make(NoticeKind.DRIFT, run, features=[{"feature": "health.change_3", "index": 0.4}])
    client = sign_in(Role.CSM)
    text = text_of(client.get("/models"))
    assert "The model is 71 days old" in text
    assert "Inputs have moved since the training, most of all" in text
    assert f'href="/models/runs/{run.pk}"' in text
    stale.over_at = ago(0)
    stale.save()
    assert "71 days old" not in text_of(client.get("/models"))


def test_runs_are_listed_with_their_reason_and_told_one_by_one(sign_in):
    run = evidence_make()
    client = sign_in(Role.LEADER)
    rows = client.get("/models/runs").context["rows"]
    assert [row.run.status for row in rows] == ["live", "retired"]
    run_make(status=RunStatus.REPLAY)
    assert len(client.get("/models/runs").context["rows"]) == 2
    assert len(client.get("/models/runs?replays=1").context["rows"]) == 3
    assert rows[0].seconds == pytest.approx(41, abs=0.01)
    answer = client.get(f"/models/runs/{run.pk}")
    text = text_of(answer)
    assert run.digest in text
    churn, client_cause = answer.context["causes"]
    assert [one.chosen for one in churn.tried] == [False, True]
    assert (client_cause.name, client_cause.tried) == ("Becoming a client", ())
    assert "0.88 before recalibration, 1.00 after" in text
    assert ("segment=SMB", "Segment: SMB") in answer.context["features"]
    changed = ("health.change_3", "Health score, change over 3 months")
    assert changed in answer.context["features"]
    assert client.get("/models/runs/999999").status_code == 404


def test_the_proof_of_a_refused_column_shows_only_accounts_of_the_own_book(sign_in, users):
    mine = account_make("Mine Ltd", owner=users[Role.CSM])
    theirs = account_make("Theirs Ltd", owner=users[Role.LEADER])
    day = ago(50).date()
    run = run_make(
        refused=[
            {"column": f"{MARKUP}.change_3", "reason": "It knows.", "proof": f"{mine.pk} {day} 7"},
            {"column": "status", "reason": "It knows.", "proof": f"{theirs.pk} {day} secret 8"},
            {"column": "odd", "reason": "Undated.", "proof": "sub-7 from 2026-01-01"},
        ]
    )
    everything = text_of(sign_in(Role.LEADER).get(f"/models/runs/{run.pk}"))
    assert "Mine Ltd" in everything
    assert "secret 8" in everything
    assert "sub-7 from 2026-01-01" in everything
    own = text_of(sign_in(Role.CSM).get(f"/models/runs/{run.pk}"))
    assert "Mine Ltd" in own
    assert f'href="/accounts/{mine.pk}?on={day}"' in own
    assert "Theirs Ltd" not in own
    assert "secret 8" not in own
    assert "sub-7" not in own
    assert "an account outside your book" in own
    assert MARKUP not in own


def test_no_account_is_named_on_the_pages_themselves(sign_in, users):
    account_make("Somebody else", owner=users[Role.LEADER])
    evidence_make()
    for tab in PAGES:
        assert "Somebody else" not in text_of(sign_in(Role.CSM).get(f"/models{tab}"))


def test_segments_with_markup_are_shown_as_text(sign_in):
    backtest_make(run_make(), segments=(MARKUP,))
    text = text_of(sign_in(Role.LEADER).get("/models/backtests"))
    assert MARKUP not in text
    assert "&lt;img" in text


def test_results_that_cannot_be_said_leave_dashes_and_sentences(sign_in):
    run = run_make()
    BacktestResult.objects.create(
        run=run, origin=None, method="forecast", horizon=6, rows=0, events=0, metrics={"auc": None}
    )
    for tab in ("", "/backtests"):
        text_of(sign_in(Role.LEADER).get(f"/models{tab}"))
    backtest = backtest_of(run)
    assert charts.over_origins(backtest.by_origin, AUC).is_empty
    assert charts.lift_sentence(backtest.pooled, 0.1, CAUSES["churn"]).endswith("said yet.")
    assert lift(0.5)[0]["found"] == pytest.approx(0.05)
