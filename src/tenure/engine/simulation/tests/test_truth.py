"""The truth must explain what the files show; otherwise nothing can be judged by it."""

from collections import Counter

import numpy as np
import pytest

from tenure.engine.simulation.mind import intensity
from tenure.engine.simulation.plays import PLAYS
from tenure.engine.simulation.world import World


def test_the_hazards_add_up_to_the_decisions(company):
    hazard = -np.log1p(-company.truth["account_months"]["hazard"].to_numpy())
    made = company.truth["decisions"].num_rows
    assert made > 50
    assert abs(hazard.sum() - made) < 4 * np.sqrt(hazard.sum())


def test_the_hazards_rank_who_decides(company):
    """Accounts that decide in a month had a far higher hazard in it than the others."""
    months = company.truth["account_months"].to_pylist()
    made = {(d["account_id"], d["decided_at"][:7]) for d in company.truth["decisions"].to_pylist()}
    decided = [m["hazard"] for m in months if (m["account_id"], m["month"][:7]) in made]
    others = [m["hazard"] for m in months if (m["account_id"], m["month"][:7]) not in made]
    assert np.mean(decided) > 5 * np.mean(others)


def test_every_cancellation_was_decided_and_every_decision_shows_as_notice(company, rows):
    decided = Counter(d["account_id"] for d in company.truth["decisions"].to_pylist())
    told = {r["account_id"] for r in rows["subscriptions"] if r["cancel_notified_at"]}
    left = {r["account_id"] for r in rows["subscriptions"] if r["end_reason"] == "cancelled"}
    assert left <= told
    assert left <= decided.keys()
    assert len(told & decided.keys()) > 0.95 * len(decided)


def test_what_accounts_may_lack_all_occurs(company):
    found = set(company.truth["decisions"]["lacking"].to_pylist())
    assert {"onboarding", "trust", "no_champion", "outside"} <= found


def test_what_was_lacking_in_the_month_of_a_decision_was_lacking_when_it_was_made(company):
    """The last week at risk of an account is the one in which it decides."""
    months = {
        (m["account_id"], m["month"][:7]): m["lacking"]
        for m in company.truth["account_months"].to_pylist()
    }
    made = company.truth["decisions"].to_pylist()
    same = [months.get((d["account_id"], d["decided_at"][:7])) == d["lacking"] for d in made]
    assert sum(same) > 0.8 * len(made), "but for weeks that lie in two months"


def test_a_failed_onboarding_shows_in_value_and_in_leaving(world):
    stalled = world.population.slow_start < 1
    paying = world.record.at_risk
    rate = [
        world.record.intensity[:, which].sum() / paying[:, which].sum()
        for which in (stalled, ~stalled)
    ]
    assert rate[0] > 2 * rate[1]


def test_plays_were_assigned_with_the_odds_they_log(world):
    for number in range(len(PLAYS)):
        made = [a for a in world.record.assignments if a.play == number]
        expected = sum(a.propensity for a in made)
        spread = np.sqrt(sum(a.propensity * (1 - a.propensity) for a in made))
        assert abs(sum(a.treated for a in made) - expected) < 4 * spread + 1


def test_some_plays_help_some_do_nothing_and_some_harm(world):
    effect = {
        play.name: np.mean([a.effect for a in world.record.assignments if a.play == number])
        for number, play in enumerate(PLAYS)
    }
    assert effect["champion change outreach"] < -0.3
    assert effect["executive business review"] < -0.05
    assert abs(effect["feature webinar invitation"]) < 0.12
    assert effect["we miss you mail"] > 0.3


def test_the_effect_of_a_play_differs_between_accounts(world):
    reviews = [a for a in world.record.assignments if PLAYS[a.play].name.startswith("executive")]
    by_segment = {s: [] for s in range(3)}
    for a in reviews:
        by_segment[int(world.population.segment[a.account])].append(a.effect)
    assert np.mean(by_segment[2]) < np.mean(by_segment[1]) - 0.2


def test_a_play_at_work_multiplies_the_urge_to_leave(world: World):
    day = (world.grid.weeks - 1) * 7.0
    before, regret = world.play_effect.copy(), world.mind.regret.copy()
    try:
        world.mind.regret[:] = 3.0
        plain = intensity(world, day)
        world.play_effect += np.log(2)
        doubled = intensity(world, day)
    finally:
        world.play_effect[:], world.mind.regret[:] = before, regret
    felt = plain > 0
    assert (doubled[felt] > plain[felt]).all()
    assert (doubled[felt] <= 2 * plain[felt] + 1e-12).all()


def test_the_months_of_an_account_do_not_overlap_and_cover_its_exposure(company, world):
    months = company.truth["account_months"]
    keys = list(zip(months["account_id"].to_pylist(), months["month"].to_pylist(), strict=True))
    assert len(set(keys)) == len(keys)
    assert months["exposure_weeks"].to_numpy().sum() == world.record.at_risk.sum()


def test_outages_cost_trust(world):
    worst = max((o for o in world.outages if o.region < 0), key=lambda o: o.lasts)
    week = int(worst.begins // 7)
    using = (world.record.status[week - 1] > 0) & (world.record.status[week] < 4)
    drop = world.record.trust[week - 1, using] - world.record.trust[week, using]
    assert drop.mean() == pytest.approx(worst.blow, abs=0.04)
