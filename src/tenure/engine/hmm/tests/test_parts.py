"""The parts of the model: laying out, holding out, ordering and the ordered logit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize
from sklearn.isotonic import IsotonicRegression

from tenure.engine import hmm
from tenure.engine.hmm import POISSON, Measure, Moves, Sequences
from tenure.engine.hmm.emissions import _rising
from tenure.engine.hmm.moves import _derivatives, habit, improved, log_posterior, sticky


def test_rows_become_sequences_with_gaps_unobserved():
    data = Sequences.of_rows(
        [7, 3, 7, 7], [12, 4, 10, 13], [[1.0], [2.0], [3.0], [4.0]], [[1], [0], [2], [5]],
        [Measure("use")], ["training"],
    )  # fmt: skip
    assert data.account.tolist() == [3, 7]
    assert data.length.tolist() == [1, 4]
    assert data.values[1, :, 0] == pytest.approx([3, np.nan, 1, 4], nan_ok=True)
    assert data.inputs[1, :, 0].tolist() == [2, 0, 1, 5]
    assert data.seen.tolist() == [[True, False, False, False], [True] * 4]


@pytest.mark.parametrize(
    ("value", "given", "kind"),
    [(1.5, 0.0, POISSON), (-1.0, 0.0, POISSON), (2.0, 0.0, "bernoulli"), (np.inf, 0.0, "gaussian"),
     (1.0, np.nan, "gaussian"), (1.0, 0.0, "gamma")],
)  # fmt: skip
def test_rows_that_cannot_be_are_refused(value, given, kind):
    with pytest.raises(ValueError):
        Sequences.of_rows([1], [1], [[value]], [[given]], [Measure("m", kind)], ["u"])


def test_two_rows_for_one_step_are_refused():
    with pytest.raises(ValueError, match="two rows"):
        Sequences.of_rows([1, 1], [2, 2], [[1.0]] * 2, [[0.0]] * 2, [Measure("m")], ["u"])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 10**12), unique=True, min_size=3, max_size=60), st.integers(0, 9))
def test_folds_are_even_and_follow_the_account_not_its_place(keys, seed):
    account = np.array(keys, dtype=np.int64)
    fold = hmm.fold_of(account, 3, seed)
    assert np.ptp(np.bincount(fold, minlength=3)) <= 1
    assert (hmm.fold_of(account[::-1], 3, seed) == fold[::-1]).all()


def test_another_seed_holds_out_others():
    keys = np.arange(300)
    assert (hmm.fold_of(keys, 3, 0) != hmm.fold_of(keys, 3, 1)).mean() > 0.5


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0.01, 9)), min_size=1, max_size=8))
def test_means_are_ordered_as_isotonic_regression_does(pairs):
    mean, weight = (np.array(part) for part in zip(*pairs, strict=True))
    theirs = (
        IsotonicRegression().fit(np.arange(mean.size), mean, weight).predict(np.arange(mean.size))
    )
    assert _rising(mean, weight) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("states", [1, 2, 3, 5])
def test_a_habit_stays_as_often_as_it_says(states):
    moves = sticky(states, 2, stay=0.8)
    assert moves.matrix(np.zeros((1, 2)))[0] == pytest.approx(habit(states, 0.8))
    assert habit(states, 0.8).sum(axis=1) == pytest.approx(np.ones(states))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(0, 3))
def test_the_slopes_of_the_ordered_logit_are_those_of_its_value(seed, states, inputs):
    draw = np.random.default_rng(seed)
    point = np.concatenate([np.sort(draw.normal(0, 2, states - 1)), draw.normal(0, 1, inputs)])
    point[: states - 1] += 0.1 * np.arange(states - 1)
    seen, counts = draw.normal(size=(6, inputs)), draw.exponential(size=(6, states))

    def part(which):
        return lambda at: _derivatives(at, states - 1, seen, counts)[which]

    _, slope, bend = _derivatives(point, states - 1, seen, counts)
    assert slope == pytest.approx(approx_fprime(point, part(0), 1e-6), rel=1e-3, abs=1e-3)
    curved = approx_fprime(point, part(1), 1e-6).reshape(bend.shape)
    assert bend == pytest.approx(curved, rel=1e-3, abs=1e-3)
    assert np.linalg.eigvalsh(bend).max() < 1e-9


def test_newton_steps_reach_what_a_general_search_reaches():
    draw = np.random.default_rng(2)
    seen, counts = draw.normal(size=(40, 2)), draw.exponential(size=(40, 3, 3))
    moves = sticky(3, 2)
    for _ in range(25):
        moves = improved(moves, seen, counts, ridge=0.5)

    def cost(flat):
        cut = np.column_stack([flat[:3], flat[:3] + np.exp(flat[3:6])])
        return -log_posterior(Moves(cut, flat[6:].reshape(3, 2)), seen, counts, 0.5)

    best = minimize(cost, np.zeros(12), method="BFGS")
    assert log_posterior(moves, seen, counts, 0.5) == pytest.approx(-best.fun, rel=1e-6)


def test_chances_far_from_the_middle_stay_chances():
    moves = Moves(np.array([[-3.0, 2.0]] * 3), np.array([[500.0], [-500.0], [0.0]]))
    chance = moves.log_matrix(np.array([[0.0], [5.0], [-5.0]]))
    assert np.isfinite(chance).all()
    assert np.exp(chance).sum(axis=2) == pytest.approx(np.ones((3, 3)))
