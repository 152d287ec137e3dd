"""Transition matrices, what follows from them, and how sure that is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import states
from tenure.engine.states import CLIENT, CLIENTS, CUSTOMER, FORMER, PROSPECT

TRUTH = np.array(
    [
        [0.80, 0.20, 0.00, 0.00, 0.00],
        [0.00, 0.90, 0.05, 0.00, 0.05],
        [0.00, 0.03, 0.93, 0.03, 0.01],
        [0.00, 0.01, 0.05, 0.93, 0.01],
        [0.00, 0.02, 0.00, 0.00, 0.98],
    ]
)


def counted(draw, months, matrix=TRUTH):
    """Counts of so many account-months from each state."""
    return np.stack([draw.multinomial(months, row) for row in matrix]).astype(float)


matrices = st.lists(
    st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5), min_size=5, max_size=5
).map(lambda rows: np.array(rows) / np.sum(rows, axis=1, keepdims=True))


def test_much_data_give_the_matrix_back_with_narrow_intervals():
    fitted = states.transitions(counted(np.random.default_rng(1), 50_000))
    assert fitted.mean[0] == pytest.approx(TRUTH, abs=0.004)
    answer = fitted.answer(lambda drawn: states.chance_within(drawn, 12))
    truth = states.chance_within(TRUTH, 12)
    assert (answer.low <= truth + 1e-9).all()
    assert (truth <= answer.high + 1e-9).all()
    assert (answer.high - answer.low < 0.03).all()


def test_the_interval_holds_the_truth_about_nine_times_in_ten():
    draw = np.random.default_rng(7)
    truth = states.expected_months(TRUTH, months=24)[CUSTOMER]
    held = []
    for _ in range(150):
        fitted = states.transitions(counted(draw, 250))
        answer = fitted.answer(lambda d: states.expected_months(d, months=24), number=300)
        held.append(answer.low[CUSTOMER] <= truth <= answer.high[CUSTOMER])
    assert 0.83 <= np.mean(held) <= 0.97


def test_a_small_segment_leans_on_alike_ones_and_stays_wider():
    draw = np.random.default_rng(3)
    large = [counted(draw, 3000) for _ in range(4)]
    small = np.zeros((5, 5))
    small[CUSTOMER] = [0, 4, 0, 0, 3]
    fitted = states.transitions(np.stack([*large, small]))
    alone = states.transitions(small)
    leaves = fitted.mean[:, CUSTOMER, FORMER]
    assert alone.mean[0, CUSTOMER, FORMER] > 0.3
    assert leaves[4] < 0.12
    assert abs(leaves[0] - 0.05) < 0.01
    large_one, small_one = (
        fitted.answer(lambda drawn: drawn[:, CUSTOMER, FORMER], group) for group in (0, 4)
    )
    assert small_one.high - small_one.low > 2 * (large_one.high - large_one.low)


def test_segments_that_differ_are_kept_apart():
    calm, stormy = TRUTH.copy(), TRUTH.copy()
    calm[CUSTOMER], stormy[CUSTOMER] = [0, 0.98, 0.01, 0, 0.01], [0, 0.6, 0.0, 0, 0.4]
    draw = np.random.default_rng(5)
    both = np.stack([counted(draw, 2000, calm), counted(draw, 200, stormy)])
    fitted = states.transitions(both)
    assert fitted.worth[CUSTOMER] <= 10
    assert fitted.mean[1, CUSTOMER, FORMER] == pytest.approx(0.4, abs=0.08)


@pytest.mark.parametrize("months", [0, 5, 600])
def test_without_a_loss_the_answer_is_finite_or_plainly_without_bound(months):
    fitted = states.transitions(np.eye(5) * months)
    within = fitted.answer(lambda d: states.expected_months(d, months=12))
    assert within.low[CLIENT] < within.high[CLIENT] <= 12 + 1e-9
    until = fitted.answer(states.expected_months)
    assert not np.isnan([until.low, until.median, until.high]).any()
    chance = fitted.answer(lambda d: states.chance_within(d, 12))
    assert chance.low[CUSTOMER] < chance.high[CUSTOMER] < 1


def test_nobody_becomes_a_prospect_again_unless_it_was_seen():
    counts = np.ones((5, 5))
    counts[1:, PROSPECT] = 0
    assert (states.transitions(counts).mean[0, 1:, PROSPECT] == 0).all()
    counts[CUSTOMER, PROSPECT] = 2
    assert states.transitions(counts).mean[0, CUSTOMER, PROSPECT] > 0


def test_a_constant_chance_to_leave_gives_a_geometric_stay():
    """From client: leave with 0.02 a month → 50 months; as customer with 0.1 → none as client."""
    matrix = np.eye(5)
    matrix[CLIENT, [CLIENT, FORMER]] = 0.98, 0.02
    matrix[CUSTOMER, [CUSTOMER, FORMER]] = 0.9, 0.1
    matrix[PROSPECT, [PROSPECT, CLIENT]] = 0.7, 0.3
    months = states.expected_months(matrix)
    assert months[[CLIENT, CUSTOMER, PROSPECT, FORMER]] == pytest.approx([50, 0, 50, 0], abs=1e-6)
    assert months[states.ADVOCATE] == np.inf
    short = states.expected_months(matrix, months=12)[CLIENT]
    assert short == pytest.approx((1 - 0.98**12) / 0.02)
    assert states.chance_within(matrix, 12)[PROSPECT] == pytest.approx(1 - 0.7**12)


@settings(deadline=None, max_examples=40)
@given(matrices, st.lists(st.floats(0, 100), min_size=5, max_size=5), st.integers(0, 24))
def test_accounts_are_neither_made_nor_lost(matrix, start, months):
    path = states.occupancy(matrix, start, months)
    assert path.shape == (months + 1, 5)
    assert path.sum(axis=1) == pytest.approx(np.full(months + 1, sum(start)))
    assert path[-1] == pytest.approx(start @ np.linalg.matrix_power(matrix, months))


@settings(deadline=None, max_examples=40)
@given(matrices, st.integers(1, 24))
def test_months_in_all_states_are_all_months(matrix, months):
    whole = states.expected_months(matrix, range(5), months)
    assert whole == pytest.approx(np.full(5, months))


@settings(deadline=None, max_examples=40)
@given(matrices, st.integers(0, 24))
def test_a_chance_within_rises_with_time_and_bounds_being_there_at_its_end(matrix, months):
    chance = states.chance_within(matrix, months)
    assert (chance[list(CLIENTS)] == 1).all()
    assert (states.chance_within(matrix, months + 1) >= chance - 1e-12).all()
    at_end = np.linalg.matrix_power(matrix, months)[:, list(CLIENTS)].sum(axis=1)
    assert (chance >= at_end - 1e-12).all()


@settings(deadline=None, max_examples=40)
@given(matrices, st.lists(st.floats(0, 900), min_size=5, max_size=5), st.floats(0.05, 0.5))
def test_value_is_the_discounted_margin_of_where_accounts_will_be(matrix, margin, rate):
    step = (1 + rate) ** (-1 / 12)
    start = np.eye(5)[CUSTOMER]
    path = states.occupancy(matrix, start, 59)
    by_hand = sum(step**h * (path[h] @ margin) for h in range(60))
    assert states.value(matrix, margin, rate, 60)[CUSTOMER] == pytest.approx(by_hand)
    endless = states.value(matrix, margin, rate)
    # V = m + v P V, the equation the endless value solves.
    assert endless == pytest.approx(np.array(margin) + step * matrix @ endless)
    assert (endless >= states.value(matrix, margin, rate, 60) - 1e-6).all()


def test_value_for_ever_needs_a_discount_rate():
    with pytest.raises(ValueError, match="discount"):
        states.value(TRUTH, np.ones(5), 0.0)


def test_the_same_seed_gives_the_same_answer():
    fitted = states.transitions(counted(np.random.default_rng(1), 50))
    assert (fitted.draws(seed=4) == fitted.draws(seed=4)).all()
    assert (fitted.draws(seed=4) != fitted.draws(seed=5)).any()
