"""Each clause by hand, and the formula in three-valued logic."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import ladder
from tenure.engine.ladder import NO, UNKNOWN, YES

NAN = float("nan")
NEVER = float("inf")
RULES = ladder.Rules()

CLIENT = {
    "paid_months": 14.0,
    "renewals": 1.0,
    "monthly": False,
    "active_weeks_share": 0.8,
    "touch_days": 30.0,
    "touch_collected": True,
    "people": 5.0,
    "seats": 20.0,
    "key_person": 1.0,
    "outcome_days": 90.0,
    "attitude": 0.7,
    "outlook": 0.95,
    "advocacy_days": NEVER,
}


def week(*accounts):
    """Weekly inputs of accounts that differ from a plain client in what is given."""
    rows = [{**CLIENT, **changes} for changes in accounts]
    flags = {"monthly", "touch_collected"}
    return ladder.WeekInputs(
        **{
            name: np.array([row[name] for row in rows], dtype=bool if name in flags else float)
            for name in CLIENT
        }
    )


def one(clause, **changes):
    return ladder.weigh(week(changes), RULES).clauses[clause][0]


@pytest.mark.parametrize(
    ("clause", "changes", "expected"),
    [
        ("C1", {}, YES),
        ("C1", {"paid_months": 11.9}, NO),
        ("C1", {"renewals": 0.0}, NO),
        ("C1", {"renewals": 0.0, "monthly": True}, YES),
        ("C1", {"renewals": 11.0, "paid_months": 11.0, "monthly": True}, NO),
        ("C1", {"paid_months": NAN}, UNKNOWN),
        ("C2", {"active_weeks_share": 0.75, "touch_days": 180.0}, YES),
        ("C2", {"active_weeks_share": 0.7}, NO),
        ("C2", {"touch_days": 181.0}, NO),
        ("C2", {"touch_days": NEVER, "touch_collected": False}, YES),
        ("C2", {"active_weeks_share": NAN}, UNKNOWN),
        ("C2", {"active_weeks_share": NAN, "touch_days": NEVER}, NO),
        ("C3", {"people": 3.0}, YES),
        ("C3", {"people": 2.0}, NO),
        ("C3", {"people": 2.0, "seats": 4.0}, YES),
        ("C3", {"people": 2.0, "seats": NAN}, NO),
        ("C3", {"key_person": 0.0}, NO),
        ("C3", {"key_person": NAN}, UNKNOWN),
        ("C3", {"key_person": NAN, "people": 1.0}, NO),
        ("C4", {"outcome_days": 365.0}, YES),
        ("C4", {"outcome_days": 366.0}, NO),
        ("C4", {"outcome_days": NAN}, UNKNOWN),
        ("C5", {"attitude": 0.34}, YES),
        ("C5", {"attitude": 0.33}, NO),
        ("C5", {"attitude": NAN}, UNKNOWN),
        ("C6", {"outlook": 0.9}, YES),
        ("C6", {"outlook": 0.89}, NO),
        ("C6", {"outlook": NAN}, UNKNOWN),
        ("A1", {"advocacy_days": 10.0}, YES),
        ("A1", {"advocacy_days": NEVER}, NO),
    ],
)
def test_a_clause_answers_as_worked_out_by_hand(clause, changes, expected):
    assert one(clause, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "client", "advocate", "missing"),
    [
        ({}, YES, NO, ""),
        ({"advocacy_days": 5.0}, YES, YES, ""),
        ({"attitude": NAN}, YES, NO, ""),
        ({"attitude": 0.1}, NO, NO, "C5"),
        ({"outcome_days": NEVER}, YES, NO, ""),
        ({"key_person": 0.0}, YES, NO, ""),
        ({"outcome_days": NEVER, "key_person": 0.0}, NO, NO, "C3/4"),
        ({"outcome_days": NAN, "key_person": 0.0}, UNKNOWN, NO, "C3/4"),
        ({"outlook": NAN}, UNKNOWN, NO, "C6"),
        ({"outlook": NAN, "advocacy_days": 5.0}, UNKNOWN, UNKNOWN, "C6"),
        ({"outlook": NAN, "paid_months": 3.0}, NO, NO, ""),
        ({"active_weeks_share": 0.2}, NO, NO, "C2"),
        ({"paid_months": 6.0}, NO, NO, "C1"),
    ],
)
def test_the_clauses_add_up_to_client_and_advocate(changes, client, advocate, missing):
    weighed = ladder.weigh(week(changes), RULES)
    assert (weighed.client[0], weighed.advocate[0], weighed.missing[0]) == (
        client,
        advocate,
        missing,
    )


def test_locked_in_renews_but_would_leave():
    weighed = ladder.weigh(week({"attitude": 0.1}, {}, {"attitude": 0.1, "outlook": 0.5}), RULES)
    assert weighed.locked_in.tolist() == [True, False, False]


def test_thresholds_are_those_of_the_rules():
    strict = replace(RULES, outlook=0.99)
    assert ladder.weigh(week({}), strict).clauses["C6"][0] == NO


three = st.sampled_from([NO, UNKNOWN, YES])


@settings(deadline=None)
@given(st.lists(three, min_size=1, max_size=6))
def test_and_or_follow_kleene(values):
    arrays = [np.array([v], dtype=np.int8) for v in values]
    conjunction = NO if NO in values else UNKNOWN if UNKNOWN in values else YES
    disjunction = YES if YES in values else UNKNOWN if UNKNOWN in values else NO
    assert ladder.all_of(*arrays)[0] == conjunction
    assert ladder.any_of(*arrays)[0] == disjunction


numbers = st.sampled_from([NAN, 0.0, 0.2, 0.5, 0.8, 0.95, 1.0, 2.0, 4.0, 13.0, 100.0, 400.0])
accounts = st.lists(
    st.fixed_dictionaries(
        {k: st.booleans() if isinstance(v, bool) else numbers for k, v in CLIENT.items()}
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(accounts)
def test_the_formula_is_the_one_written_down(rows):
    weighed = ladder.weigh(week(*rows), RULES)
    for i in range(len(rows)):
        c = {name: answers[i] for name, answers in weighed.clauses.items()}
        attitude = NO if c["C5"] == NO else YES
        by_hand = min(c["C1"], c["C2"], c["C6"], attitude, max(c["C3"], c["C4"]))
        assert weighed.client[i] == by_hand
        assert weighed.advocate[i] == min(by_hand, c["A1"])
        if weighed.missing[i]:
            assert weighed.client[i] != YES


@settings(deadline=None)
@given(accounts, st.randoms())
def test_accounts_do_not_see_each_other(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    straight = ladder.weigh(week(*rows), RULES)
    shuffled = ladder.weigh(week(*[rows[i] for i in order]), RULES)
    assert straight.client[order].tolist() == shuffled.client.tolist()
    assert straight.missing[order].tolist() == shuffled.missing.tolist()
