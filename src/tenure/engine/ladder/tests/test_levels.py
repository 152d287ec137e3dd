"""Levels over weeks: runs, slipping, former and prospect, and no flapping."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import ladder
from tenure.engine.ladder import ADVOCATE, CLIENT, CUSTOMER, FORMER, NO, PROSPECT, UNKNOWN, YES

PAYS = (True, True)


def climb(weeks, promote_after=2, demote_after=8):
    """States after each week of one account; a week: (paying, ever paid, client, advocate)."""
    state, states = ladder.Climb.start(1), []
    for paying, ever, client, advocate in weeks:
        state = ladder.step(
            state,
            np.array([paying]),
            np.array([ever]),
            np.array([client], dtype=np.int8),
            np.array([advocate], dtype=np.int8),
            promote_after,
            demote_after,
        )
        states.append(state)
    return states


def levels(weeks, **kwargs):
    return [int(state.level[0]) for state in climb(weeks, **kwargs)]


def yes(n=1):
    return [(*PAYS, YES, NO)] * n


def no(n=1):
    return [(*PAYS, NO, NO)] * n


def unknown(n=1):
    return [(*PAYS, UNKNOWN, UNKNOWN)] * n


def test_two_weeks_in_a_row_make_a_client():
    assert levels(yes(2)) == [CUSTOMER, CLIENT]
    assert levels(yes() + no() + yes() + unknown() + yes()) == [CUSTOMER] * 5


def test_a_client_slips_for_seven_weeks_and_falls_in_the_eighth():
    states = climb(yes(2) + no(8))
    assert [int(s.level[0]) for s in states] == [CUSTOMER] + [CLIENT] * 8 + [CUSTOMER]
    assert [bool(s.slipping[0]) for s in states] == [False] * 2 + [True] * 7 + [False]


def test_one_good_week_clears_the_run():
    assert levels(yes(2) + no(7) + yes() + no(7))[-1] == CLIENT


def test_a_silent_source_demotes_nobody_but_does_not_clear_the_run():
    assert levels(yes(2) + unknown(30))[-1] == CLIENT
    assert levels(yes(2) + no(4) + unknown(5) + no(4))[-1] == CUSTOMER


def test_whether_they_pay_moves_at_once():
    weeks = [
        (False, False, NO, NO),
        (*PAYS, NO, NO),
        *yes(2),
        (False, True, NO, NO),
        (*PAYS, YES, YES),
    ]
    assert levels(weeks) == [PROSPECT, CUSTOMER, CUSTOMER, CLIENT, FORMER, CUSTOMER]


def test_an_advocate_falls_back_to_client_while_it_is_one():
    recommends = [(*PAYS, YES, YES)] * 2
    quiet = [(*PAYS, YES, NO)] * 8
    assert levels(recommends + quiet)[1] == ADVOCATE
    assert levels(recommends + quiet)[-2:] == [ADVOCATE, CLIENT]
    assert levels(recommends + no(8))[-1] == CUSTOMER


def test_an_advocate_whose_clauses_are_unknown_stays_a_client_at_least():
    weeks = [(*PAYS, YES, YES)] * 2 + [(*PAYS, UNKNOWN, NO)] * 40
    assert levels(weeks)[-1] == CLIENT


three = st.sampled_from([NO, UNKNOWN, YES])
week = st.tuples(st.booleans(), st.booleans(), three, three).map(
    lambda w: (w[0], w[0] or w[1], w[2], min(w[2], w[3]))
)


@settings(deadline=None)
@given(st.lists(week, min_size=1, max_size=60), st.integers(1, 4), st.integers(1, 9))
def test_every_move_above_customer_has_its_run_behind_it(weeks, promote, demote):
    path = levels(weeks, promote_after=promote, demote_after=demote)
    for t in range(1, len(path)):
        old, new = path[t - 1], path[t]
        paying = weeks[t][0]
        assert (new >= CUSTOMER) == paying
        if new == old or not paying or old < CUSTOMER:
            continue
        if new > old:
            column = 3 if new == ADVOCATE else 2
            run = weeks[max(0, t - promote + 1) : t + 1]
            assert len(run) == promote
            assert all(w[0] and w[column] == YES for w in run)
        else:
            column = 3 if old == ADVOCATE else 2
            since = max(i for i in range(t) if path[i] != old) + 1 if set(path[:t]) != {old} else 0
            answers = [w[column] for w in weeks[since : t + 1]]
            while YES in answers:
                answers = answers[answers.index(YES) + 1 :]
            assert answers.count(NO) >= demote


@settings(deadline=None)
@given(st.lists(week, min_size=1, max_size=30))
def test_unpaid_is_prospect_or_former_as_it_ever_paid(weeks):
    for (paying, ever, _, _), level in zip(weeks, levels(weeks), strict=True):
        if not paying:
            assert level == (FORMER if ever else PROSPECT)


@settings(deadline=None)
@given(st.lists(st.lists(week, min_size=12, max_size=12), min_size=2, max_size=5))
def test_accounts_climb_alone(histories):
    state = ladder.Climb.start(len(histories))
    for t in range(12):
        columns = [np.array([h[t][k] for h in histories]) for k in range(4)]
        state = ladder.step(
            state,
            columns[0],
            columns[1],
            columns[2].astype(np.int8),
            columns[3].astype(np.int8),
            2,
            8,
        )
    assert state.level.tolist() == [levels(h)[-1] for h in histories]
