"""What a play did is read from contracts, scores and use, by arm, and looked at once a day."""

import numpy as np
import pytest

from tenure.core import clock
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.effects.arms import crossed
from tenure.plays.effects.endpoints import DAYS, JUDGED, NAMES, columns
from tenure.plays.effects.looks import judged_now, looks_now, looks_over_time, versions_seen
from tenure.plays.effects.outcomes import Started, outcomes
from tenure.plays.models import Play, PlayEffect, Run
from tenure.plays.running.ending import run_end
from tenure.plays.services.runs import run_start_by_hand
from tenure.plays.tests.measuring import DAY, START, on, paying, plan_make, refreshed, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return plan_make()


@pytest.fixture
def play():
    return Play.objects.create(key="usage-drop", running=1)


def run(play, account, *, held_out, slot, **values):
    state = Run.State.HELD_OUT if held_out else Run.State.DONE
    given = {
        "known": {"mrr": 100.0, "risk_12": 0.2}, "propensity": 0.5, "met_at": START,
        "started_at": START, **values,
    }  # fmt: skip
    return Run.objects.create(
        play=play, version=1, account=account, state=state, held_out=held_out, stratum="r0v0",
        slot=slot, **given,
    )  # fmt: skip


def test_money_and_retention_are_those_of_the_contract_on_the_day(plan):
    grew = paying(plan, "grew", mrr=100, steps=[(20, 150)])
    left = paying(plan, "left", left=29, mrr=70)
    stays = paying(plan, "stays", left=31, mrr=40)
    started = [Started(one.pk, START.date()) for one in (stays, grew, left)]
    with on(30):
        found = outcomes(started, 30)
    assert found["retention"].tolist() == [1.0, 1.0, 0.0]
    assert found["mrr"].tolist() == [0.0, 50.0, -70.0]
    assert found["usage"][2] == 0.0
    assert np.isnan(found["usage"][:2]).all()


def test_what_is_still_to_come_is_not_known(plan):
    started = [Started(paying(plan, "a").pk, START.date())]
    with on(29):
        assert all(np.isnan(values).all() for values in outcomes(started, 30).values())


def test_health_is_the_newest_score_of_the_two_weeks_before(plan):
    fresh, stale = paying(plan, "fresh"), paying(plan, "stale")
    scored(fresh, 20, 50.0)
    scored(fresh, 28, 61.0)
    scored(fresh, 31, 99.0)
    scored(stale, 15, 50.0)
    started = [Started(one.pk, START.date()) for one in (fresh, stale)]
    with on(40):
        found = outcomes(started, 30)["health"]
    assert found[0] == 61.0
    assert np.isnan(found[1])


def test_the_effect_is_the_difference_of_the_arms_as_they_were_drawn(plan, play):
    for n in range(24):
        held = n % 2 == 0
        leaves = held and n % 4 == 0
        run(play, paying(plan, f"a{n}", left=50 if leaves else None), held_out=held, slot=n)
    refreshed(95)
    look = looks_now(play, 1)[JUDGED]
    value, low, high, _error, treated, held_out = look.raw
    assert (look.treated, look.held_out) == ([12, 0, 0, 12], [12, 0, 0, 12])
    assert (treated, held_out, value) == pytest.approx((1.0, 0.5, 0.5))
    assert low < value < high
    assert look.expected == 12.0
    assert judged_now([play])[play.pk] == look


def test_a_few_accounts_say_nothing_but_how_many_more_it_takes(plan, play):
    for n in range(4):
        run(play, paying(plan, f"a{n}"), held_out=n == 0, slot=n, propensity=0.9)
    refreshed(31)
    look = looks_now(play, 1)["retention", 30]
    assert (look.raw, look.adjusted, look.verdict) == ([], [], "not known yet")
    assert look.more == 90


def test_looking_again_on_the_same_day_or_without_news_adds_nothing(plan, play):
    for n in range(4):
        run(play, paying(plan, f"a{n}"), held_out=n == 0, slot=n, propensity=0.9)
    assert refreshed(1)["looks"] == len(NAMES) * len(DAYS)
    assert refreshed(1)["looks"] == 0
    assert refreshed(2)["looks"] == 0
    assert refreshed(31)["looks"] == len(NAMES)
    assert [row.treated for row in looks_over_time(play, 1, "retention", 30)] == [
        [3, 3, 0, 0],
        [3, 0, 0, 3],
    ]


def test_evidence_once_seen_stays(plan, play):
    for n in range(24):
        run(play, paying(plan, f"a{n}", left=60 if n % 2 else None), held_out=n % 2 == 1, slot=n)
    refreshed(31)
    PlayEffect.objects.filter(endpoint="retention", days=30).update(p=0.001, assigned_p=0.002)
    refreshed(100)
    look = looks_over_time(play, 1, "retention", 30)[-1]
    assert (look.p, look.assigned_p) == (0.001, 0.002)
    refreshed(120)
    later = looks_now(play, 1)["retention", 90]
    assert later.raw[0] == pytest.approx(1.0)


def test_only_the_first_start_of_an_account_counts(plan, play):
    account = paying(plan, "a", left=45)
    run(play, account, held_out=False, slot=0)
    again = {"started_at": START + 40 * DAY, "met_at": START + 40 * DAY}
    run(play, account, held_out=False, slot=None, **again)
    refreshed(80)
    assert looks_now(play, 1)["retention", 30].treated == [1, 0, 0, 1]


def test_runs_started_by_a_person_are_not_compared(plan, play):
    run(play, paying(plan, "a"), held_out=None, slot=None, propensity=None)
    assert refreshed(31) == {"versions": 0, "past": 0, "looks": 0}


def test_held_out_accounts_that_are_started_by_hand_stay_in_the_arm_they_were_drawn_for(plan, play):
    with on(0):
        ann = user_create(actor=None, email="ann@x.example", role=Role.LEADER, name="Ann")
    accounts = [paying(plan, f"a{n}", left=50 if n % 4 == 0 else None) for n in range(24)]
    for n, account in enumerate(accounts):
        run(play, account, held_out=n % 2 == 0, slot=n)
    refreshed(95)
    before = looks_now(play, 1)[JUDGED]
    PlayEffect.objects.all().delete()
    for day, account in ((3, accounts[0]), (4, accounts[0]), (5, accounts[2]), (6, accounts[1])):
        with on(day):
            run_end(run_start_by_hand(actor=ann, key=play.key, account=account), "done", "",
                    clock.now())  # fmt: skip
    refreshed(95)
    after = looks_now(play, 1)[JUDGED]
    assert (after.treated, after.held_out) == ([12, 0, 0, 12], [12, 0, 0, 12])
    assert (after.raw, after.adjusted, after.verdict) == (
        before.raw,
        before.adjusted,
        before.verdict,
    )
    assert (crossed(play, 1), crossed(play, 2)) == (2, 0)


def test_a_version_is_let_go_once_nothing_new_can_come(plan, play):
    run(play, paying(plan, "a"), held_out=False, slot=0)
    assert refreshed(209)["versions"] == 1
    assert refreshed(211)["versions"] == 0
    assert versions_seen(play) == [1]


def test_each_endpoint_is_adjusted_by_its_own_value_first():
    assert columns("usage")[0] == "usage"
    assert columns("retention")[0] == "risk_12"
    assert {len(columns(name)) for name in NAMES} == {6}
