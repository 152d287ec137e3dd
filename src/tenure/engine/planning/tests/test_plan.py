"""Weekly plans against all plans there could be, and against what must always hold."""

import time
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.planning import Account, Commitment, Manager, Play, Week, plan, solving
from tenure.engine.planning.tests.worlds import team

SKILL = frozenset({"commercial"})


@st.composite
def weeks(draw):
    """Up to four accounts, two plays and three managers with all that may forbid something."""
    hours, few = st.sampled_from([0.0, 1.0, 1.5, 2.5, 4.0]), st.booleans()
    managers = [
        Manager(
            c, draw(hours), draw(st.sampled_from([0.0, 20.0, 50.0])),
            SKILL if draw(few) else frozenset(),
            draw(st.sampled_from([None, frozenset({"de"}), frozenset({"de", "en"})])),
        )
        for c in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    plays = [
        Play(a, draw(st.sampled_from([0.5, 1.0, 1.3, 2.0])), SKILL if draw(few) else frozenset())
        for a in range(draw(st.integers(1, 2)))
    ]
    accounts = [
        Account(
            10 + i, draw(st.sampled_from([0.0, 300.0, 700.0, 1100.0])),
            draw(st.sampled_from([None, 0, 1, 7])), draw(st.sampled_from(["", "de", "en"])),
            draw(st.integers(0, 5)) == 0,
        )
        for i in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    size = st.sampled_from([-0.1, 0.02, 0.07, 0.1, 0.31, float("-inf")])
    effect = [[draw(size) for _ in plays] for _ in accounts]
    gone = [Commitment(0, min(managers[0].hours, 0.5), 10)] if draw(few) else []
    return Week(managers, plays, accounts, np.array(effect), gone)


def value_of(week, i, a, c):
    """Value of an option, or None where it is forbidden; written anew for the tests."""
    account, play, manager = week.accounts[i], week.plays[a], week.managers[c]
    if account.quiet or account.key in {each.account for each in week.commitments}:
        return None
    if account.owner not in (None, manager.key) or not play.skills <= manager.skills:
        return None
    known = manager.languages
    if account.language and known is not None and account.language not in known:
        return None
    if week.effect[i, a] == -np.inf:
        return None
    return week.effect[i, a] * account.margin - play.hours * manager.rate


def best_by_hand(week):
    """The most that any plan is worth, by trying all of them."""
    each = [
        [None]
        + [
            (week.plays[a].hours, c, value_of(week, i, a, c))
            for a, c in product(range(len(week.plays)), range(len(week.managers)))
            if value_of(week, i, a, c) is not None
        ]
        for i in range(len(week.accounts))
    ]
    free, best = week.free, 0.0
    for combined in product(*each):
        used, value = np.zeros(free.size), 0.0
        for hours, c, worth in filter(None, combined):
            used[c] += hours
            value += worth
        if (used <= free + 1e-9).all():
            best = max(best, value)
    return best


@settings(max_examples=60, deadline=None)
@given(weeks())
def test_no_plan_is_worth_more_and_every_rule_is_kept(week):
    found = plan(week)
    assert found.value == pytest.approx(best_by_hand(week), abs=1e-6)
    assert found.bound >= found.value - 1e-9
    accounts = [one.account for one in found.assignments]
    assert len(set(accounts)) == len(accounts)
    places = {account.key: i for i, account in enumerate(week.accounts)}
    for one in found.assignments:
        worth = value_of(week, places[one.account], one.play, one.manager)
        assert one.value == pytest.approx(worth)
        assert one.value > 0
    for load in found.loads:
        assert load.used <= load.free + 1e-9
    assert sorted(accounts + [left.account for left in found.left]) == sorted(places)


@settings(max_examples=25, deadline=None)
@given(weeks(), st.integers(0, 2))
def test_an_hour_more_is_worth_no_more_than_its_price_says(week, at):
    at = min(at, len(week.managers) - 1)
    found = plan(week)
    more = list(week.managers)
    more[at] = replace(more[at], hours=more[at].hours + 1.0)
    # The price belongs to the program without whole numbers, whose value is the bound.
    longer = replace(week, managers=more)
    fits = {play.hours <= week.free[at] for play in week.plays}
    if fits == {True}:
        assert plan(longer).bound <= found.bound + found.loads[at].price + 1e-6


def simple(accounts, hours=3.0, **manager):
    people = [Manager(1, hours, 10.0, **manager)]
    return Week(people, [Play(1, 1.0)], accounts, np.full((len(accounts), 1), 0.1))


def test_each_account_left_out_is_told_the_reason():
    people = [
        Manager(1, 1.0, 10.0, frozenset(), frozenset({"de"})),
        Manager(2, 0.0, 10.0),
    ]
    plays = [Play(1, 1.0), Play(2, 1.0, SKILL)]
    margins = {"done": 9000.0, "late": 5000.0, "poor": 50.0}
    accounts = [
        Account(1, margins["done"], 1, "de"),
        Account(2, margins["late"], 1, "de"),
        Account(3, margins["poor"], 1, "de"),
        Account(4, 9000.0, 1, "fr"),
        Account(5, 9000.0, 1, "de", quiet=True),
        Account(6, 9000.0, 1, "de"),
        Account(7, 9000.0, 99),
        Account(8, 9000.0, 2),
        Account(9, 9000.0, 1),
    ]
    effect = np.full((9, 2), 0.1)
    effect[:, 1] = -np.inf
    effect[5] = [-np.inf, 0.1]
    # Account 9 has its play already, without hours of this week.
    found = plan(Week(people, plays, accounts, effect, [Commitment(1, 0.0, 9)]))
    assert [one.account for one in found.assignments] == [1]
    assert {left.account: left.reason for left in found.left} == {
        2: "no_hours",
        3: "not_worth_its_hours",
        4: "language",
        5: "do_not_disturb",
        6: "skill",
        7: "owner_away",
        8: "too_long",
        9: "settled",
    }


def test_what_stood_back_is_told_the_best_first():
    accounts = [Account(i, 1000.0 * (10 - i), 1) for i in range(6)]
    found = plan(simple(accounts, hours=2.0))
    assert [one.account for one in found.assignments] == [0, 1]
    assert [other.account for other in found.assignments[0].passed_over] == [2, 3, 4]
    assert found.assignments[0].passed_over[0].value == pytest.approx(790.0)
    left = {one.account: one for one in found.left}
    assert left[2].value == pytest.approx(790.0)
    assert left[3].short == pytest.approx(found.loads[0].price - 690.0)


def test_an_hour_costs_what_the_next_account_would_have_kept():
    accounts = [Account(i, 1000.0 * (10 - i), 1) for i in range(6)]
    found = plan(simple(accounts, hours=2.5))
    assert found.loads[0].price == pytest.approx(790.0)
    assert plan(simple(accounts, hours=8.0)).loads[0].price == 0


def test_hours_that_are_committed_are_not_planned_again():
    accounts = [Account(i, 5000.0, 1) for i in range(5)]
    week = replace(simple(accounts), commitments=[Commitment(1, 1.5), Commitment(1, 0.5, 4)])
    found = plan(week)
    assert len(found.assignments) == 1
    assert found.loads[0].free == pytest.approx(1.0)
    assert {left.account: left.reason for left in found.left}[4] == "settled"


def test_a_plan_that_asks_for_solving_is_not_sorted_by_worth_per_hour():
    plays = [Play(1, 2.0), Play(2, 3.0)]
    effect = np.array([[0.3, -np.inf], [-np.inf, 0.4], [-np.inf, 0.4]])
    week = Week([Manager(1, 6.0)], plays, [Account(i, 1000.0, 1) for i in range(3)], effect)
    assert [one.account for one in plan(week).assignments] == [1, 2]


def test_a_week_without_anybody_or_anything_has_an_empty_plan():
    for week in (
        Week([], [], [], np.zeros((0, 0))),
        Week([], [Play(1, 1.0)], [Account(1, 10.0)], np.ones((1, 1))),
        Week([Manager(1, 5.0)], [], [Account(1, 10.0)], np.zeros((1, 0))),
    ):
        found = plan(week)
        assert found.assignments == ()
        assert (found.value, found.gap) == (0.0, 0.0)
        assert len(found.left) == len(week.accounts)


@pytest.mark.parametrize("pooled", [0.0, 0.3, 1.0])
def test_a_teams_week_is_within_half_a_per_cent_of_the_best_there_can_be(pooled):
    week = team(1500, 6, 3, pooled=pooled)
    found = plan(week)
    assert found.gap < 0.005
    assert all(load.used <= load.free + 1e-9 for load in found.loads)


def test_columns_that_are_made_as_needed_lead_to_the_same_bound(monkeypatch):
    week = team(1200, 6, 3, pooled=1.0)
    whole = plan(week)
    monkeypatch.setattr(solving, "MANY", 500)
    found = plan(week)
    assert found.bound == pytest.approx(whole.bound, rel=2 * solving.CLOSE)
    assert found.gap < 0.01


def test_twenty_thousand_accounts_are_planned_in_time():
    week = team(20_000, 50, 1, pooled=0.0)
    begin = time.process_time()
    found = plan(week)
    assert time.process_time() - begin < 10.0
    assert found.gap < 0.01
    assert all(load.used <= load.free + 1e-9 for load in found.loads)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effect": np.zeros((1, 2))}, "effect"),
        ({"managers": [Manager(1, -1.0)]}, "negative"),
        ({"plays": [Play(1, 0.0)]}, "more than 0"),
        ({"accounts": [Account(1, 1.0), Account(1, 2.0)], "effect": np.zeros((2, 1))}, "different"),
        ({"commitments": [Commitment(9, 1.0)]}, "nobody"),
        ({"commitments": [Commitment(1, 9.0)]}, "more hours"),
        ({"effect": np.array([[np.inf]])}, "infinite"),
    ],
)
def test_a_week_that_cannot_be_is_refused(change, words):
    week = simple([Account(1, 100.0, 1)])
    with pytest.raises(ValueError, match=words):
        replace(week, **change)
