"""`tenure advise`: the plan of the week on a terminal and as JSON."""

import pytest

from tenure.advice.tests.world import NOW, at_stake, person, play
from tenure.core import clock
from tenure.core.errors import TenureError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def test_it_plans_the_week_and_says_what_is_left_undone(tenure):
    ann = person("ann", hours=4)
    at_stake("Acme", owner=ann, mrr=2000)
    at_stake("Other", owner=ann, mrr=1000)
    play("check-in", hours=2.0)
    text = tenure("advise")
    assert "Week of 2026-03-02" in text
    assert "Acme" in text
    assert "assumed" in text
    assert "no_hours" in text


def test_json_holds_every_suggestion_and_show_makes_no_other_plan(tenure):
    ann = person("ann", hours=4)
    account = at_stake("Acme", owner=ann)
    play("check-in", hours=1.5)
    made = tenure.json("advise")
    (row,) = made["suggestions"]
    assert (row["account"], row["play"], row["person"]) == (
        account.external_id, "check-in", "ann@example.com",
    )  # fmt: skip
    assert row["assumed"] is True
    assert made["loads"][0]["used"] == 1.5
    again = tenure.json("advise", "--show")
    assert again["made_at"] == made["made_at"]


def test_without_plays_it_says_what_to_do(tenure):
    with pytest.raises(TenureError, match="switch on a play"):
        tenure("advise")
