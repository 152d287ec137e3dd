"""`tenure forecast` and what `tenure check` says of forecasts, on a small company."""

import json

import pytest
import typer
from typer.testing import CliRunner

from tenure.cli import check
from tenure.cli import forecast as module
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.forecast.services import forecast_definition_save
from tenure.forecast.tests.company import QUICK, company
from tenure.health.tests.world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.once]
app = typer.Typer()
module.register(app)


@pytest.fixture
def owners():
    with clock.at(TODAY):
        forecast_definition_save(actor=None, body=QUICK)
    return company(stay=14, leave=14)


def run(*words):
    with clock.at(TODAY):
        return CliRunner().invoke(app, ["forecast", *words], catch_exceptions=False)


def test_a_model_is_trained_tested_and_shown(owners):
    told = json.loads(run("train", "--json").stdout)
    assert (told["status"], told["predictions"]) == ("live", 14)
    tested = json.loads(run("backtest", "--json").stdout)
    methods = {row["method"] for row in tested["pooled"]}
    assert {"forecast", "base_rate"} <= methods
    assert {row["cause"] for row in tested["pooled"]} == {"churn", "contraction", "expansion"}
    of = {one["cause"]: one for one in tested["causes"]}
    assert (of["contraction"]["events"], of["contraction"]["too_few"]) == (0, True)
    printed = run("backtest").stdout
    assert "Base rate" in printed
    assert "Contraction: 0 within 3 months in the closed windows, too few to judge." in printed
    shown = json.loads(run("show", "a0", "--json").stdout)
    assert shown["account"] == "a0"
    assert shown["interval"][0] <= shown["stay"] <= shown["interval"][1]
    assert len(shown["survival"]) == QUICK["horizons"]
    assert all(0.0 <= reason["steady"] <= 1.0 for reason in shown["reasons"])
    assert set(shown["ranges"]) == set(shown["incidence"])
    words = run("show", "a0").stdout
    assert "still paying in 12 months" in words
    assert words.count("of refits") == len(shown["reasons"])
    assert words.count("instead of") == len(shown["lowers"])
    assert ("not a promised effect" in words) is bool(shown["lowers"])
    with clock.at(TODAY):
        found = {result.name: result for result in check._forecasts()}
    assert found["forecast model"].found.endswith("0 days old")


def test_without_a_model_a_sentence_says_what_to_do(owners):
    for words in (("backtest",), ("show", "a0")):
        with pytest.raises(TenureError, match="tenure forecast train"):
            run(*words)
    with clock.at(TODAY):
        assert [r.found for r in check._forecasts()] == ["none yet"]


def test_a_company_without_contracts_is_told_so():
    with pytest.raises(TenureError, match="nothing to learn from"):
        run("train", "--json")
