"""Effects learnt from a play's own hold-outs, once there are enough of them."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from tenure.advice.tests.world import NOW, at_stake, person, planned, play
from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.plays.effects.stage import effects_refresh
from tenure.plays.models import Play, PlayEffect, Run
from tenure.timeline.models import PlayRecord
from tenure.web.tests.factories import account_make, plans_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def log_make(treated, held_out, *, stays, stays_alone, seed=1, write=None, prefix="Past"):
    """Accounts that had the play 150 days ago or were held out of it, and what became of them."""
    write = write or run_make
    dice, plan = random.Random(seed), plans_make()[0]
    met = NOW - timedelta(days=150)
    for number in range(treated + held_out):
        out = number >= treated
        account = account_make(f"{prefix} {number}")
        left = dice.random() > (stays_alone if out else stays)
        SubscriptionPeriod.objects.create(
            external_id=f"{prefix}-{number}", account=account, plan=plan, mrr=Decimal(1000),
            currency="EUR", started_at=NOW - timedelta(days=400), recorded_at=NOW,
            ended_at=met + timedelta(days=30) if left else None,
        )  # fmt: skip
        write(account, met, out, treated / (treated + held_out), dice.uniform(0.1, 0.5), number)


def run_make(account, met, out, chance, risk, slot):
    Run.objects.create(
        play=Play.objects.get(), version=1, account=account, met_at=met, started_at=met,
        held_out=out, state=Run.State.HELD_OUT if out else Run.State.DONE, slot=slot,
        stratum="all", propensity=chance, known={"risk_12": risk, "mrr": 1000.0},
    )  # fmt: skip


def record_make(account, met, out, chance, risk, slot):
    PlayRecord.objects.create(
        account=account, play="Check-In", arm="held_out" if out else "treated", assigned_at=met,
        propensity=chance, recorded_at=met,
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


def test_hold_outs_of_whom_nobody_left_leave_the_prior_in_place():
    ann = person("ann", hours=12)
    at_stake("Acme", owner=ann)
    play("check-in", automatic=True, hours=0.5)
    log_make(110, 50, stays=1.0, stays_alone=1.0)
    row, _made = planned()
    assert row.effects[0]["assumed"] is True
    assert row.effects[0]["sd"] > 0.001


def history_make(**given):
    """A log whose contracts came to be known only later, so that nothing was known before."""
    log_make(110, 50, stays=0.95, stays_alone=0.55, write=record_make, **given)
    effects_refresh(Refresh(clock.today()))


def test_what_the_log_of_past_plays_tells_takes_the_place_of_the_prior():
    ann = person("ann", hours=12)
    at_stake("Acme", owner=ann)
    play("check_in", automatic=True, hours=0.5)
    history_make()
    row, made = planned()
    told = row.effects[0]
    assert (told["assumed"], told["past"]) == (False, 160)
    assert (told["treated"], told["held_out"]) == (110, 50)
    assert 0.2 < made["Acme"].effect < 0.6


def test_hold_outs_of_the_version_stand_alone_once_they_are_enough():
    at_stake("Acme", owner=person("ann", hours=12))
    play("check_in", automatic=True, hours=0.5)
    log_make(110, 50, stays=0.6, stays_alone=0.95, seed=2)
    history_make(prefix="Before")
    row, _made = planned()
    told = row.effects[0]
    assert (told["past"], told["treated"], told["held_out"]) == (0, 110, 50)


def test_a_log_whose_arms_are_not_as_drawn_teaches_nothing():
    at_stake("Acme", owner=person("ann", hours=12))
    play("check_in", automatic=True, hours=0.5)
    history_make()
    PlayEffect.objects.update(verdict="assignment is broken")
    row, _made = planned()
    assert row.effects[0]["assumed"] is True


def test_the_log_of_another_name_teaches_nothing():
    at_stake("Acme", owner=person("ann", hours=12))
    play("check-in", automatic=True, hours=0.5)
    log_make(110, 50, stays=0.95, stays_alone=0.55, write=record_make)
    effects_refresh(Refresh(clock.today()))
    assert Play.objects.filter(key="check_in").exists()
    row, _made = planned()
    assert row.effects[0]["assumed"] is True
