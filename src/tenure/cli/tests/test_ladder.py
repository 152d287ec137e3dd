"""`tenure ladder` and `tenure health` on a small company."""

import json
from datetime import datetime

import pytest
import typer
from typer.testing import CliRunner

from tenure.cli import ladder as module
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.health.tests.world import TODAY, account, panel, period, refresh, steady

pytestmark = pytest.mark.django_db

BUSY = {
    "active_weeks_share_26": 0.9,
    "days_since_active": 1.0,
    "usage_vs_baseline": 0.0,
    "seat_share": 0.8,
    "two_way_days": 5.0,
    "active_people_28d": 6.0,
}
app = typer.Typer()
module.register(app)


@pytest.fixture
def acme():
    owner = account("acme", since="2025-01-01")
    period(owner, started="2025-01-01")
    panel(steady([owner], first="2024-12-30", **BUSY))
    refresh("contracts", "health", "relationship")
    return owner


def run(*words):
    with clock.at(TODAY):
        return CliRunner().invoke(app, words, catch_exceptions=False)


def test_the_ladder_prints_counts_moves_and_who_is_near(acme):
    payload = json.loads(run("ladder", "--json").stdout)
    assert payload["levels"]["customer"] == 1
    assert payload["quarter"] == ["2025-07-01", "2025-09-30"]
    assert payload["flow"] == [{"from": "customer", "to": "customer", "accounts": 1}]
    assert run("ladder").exit_code == 0


def test_health_prints_parts_that_add_up(acme):
    payload = json.loads(run("health", "acme", "--json").stdout)
    total = sum(measure["contribution"] for measure in payload["measures"])
    assert total == pytest.approx(payload["value"], abs=1e-9)
    assert payload["moved"]["change"] == pytest.approx(
        sum(part["amount"] for part in payload["moved"]["parts"]), abs=1e-9
    )
    assert "Acme" in run("health", "Acme", "--on", "2025-06-01").stdout


@pytest.mark.parametrize("words", [("health", "nobody"), ("health", "acme", "--on", "2020-01-01")])
def test_what_is_not_there_is_said_in_a_sentence(acme, words):
    with pytest.raises(TenureError, match=r"There is no account|has no score"):
        run(*words)


def test_a_quarter_can_be_chosen(acme):
    payload = json.loads(run("ladder", "--quarter", "2025-02-01", "--json").stdout)
    assert datetime.fromisoformat(payload["quarter"][0]).month == 1
    assert payload["flow"] == [{"from": None, "to": "customer", "accounts": 1}]
