"""Effects learnt from a play's own hold-outs, once there are enough of them."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from tenure.advice.tests.world import NOW, at_stake, person, planned, play
from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.plays.models import Play, Run
from tenure.web.tests.factories import account_make, plans_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def log_make(treated, held_out, *, stays, stays_alone, seed=1):
    """Accounts that had the play 150 days ago or were held out of it, and what became of them."""
    dice, plan, run_of = random.Random(seed), plans_make()[0], Play.objects.get()
    met = NOW - timedelta(days=150)
    for number in range(treated + held_out):
        out = number >= treated
        account = account_make(f"Past {number}")
        left = dice.random() > (stays_alone if out else stays)
        SubscriptionPeriod.objects.create(
            external_id=f"sub-{number}", account=account, plan=plan, mrr=Decimal(1000),
            currency="EUR", started_at=NOW - timedelta(days=400), recorded_at=NOW,
            ended_at=met + timedelta(days=30) if left else None,
        )  # fmt: skip
        Run.objects.create(
            play=run_of, version=1, account=account, met_at=met, started_at=met, held_out=out,
            state=Run.State.HELD_OUT if out else Run.State.DONE, slot=number, stratum="all",
            propensity=treated / (treated + held_out),
            known={"risk_12": dice.uniform(0.1, 0.5), "mrr": 1000.0},
        )  # fmt: skip


def test_enough_hold_outs_take_the_place_of_the_prior():
    ann = person("ann", hours=12)
    at_stake("Acme", owner=ann)
    play("check-in", automatic=True, hours=0.5)
    log_make(110, 50, stays=0.95, stays_alone=0.55)
    row, made = planned()
    told = row.effects[0]
    assert told["assumed"] is False
    assert (told["treated"], told["held_out"]) == (110, 50)
    assert made["Acme"].assumed is False
    assert 0.2 < made["Acme"].effect < 0.6
    assert row.teaches == []


def test_a_play_that_harms_is_not_suggested():
    ann = person("ann", hours=12)
    at_stake("Acme", owner=ann)
    play("check-in", automatic=True, hours=0.5)
    log_make(110, 50, stays=0.6, stays_alone=0.95)
    row, made = planned()
    assert made == {}
    assert row.effects[0]["assumed"] is False
    assert {one["reason"] for one in row.left} == {"not_worth_its_hours"}


def test_few_hold_outs_leave_the_prior_in_place():
    ann = person("ann", hours=12)
    at_stake("Acme", owner=ann)
    play("check-in", automatic=True, hours=0.5)
    log_make(110, 10, stays=0.95, stays_alone=0.55)
    row, made = planned()
    assert row.effects[0]["assumed"] is True
    assert made["Acme"].source == "our own judgement"
