"""The hidden Markov model against a known truth, against enumeration, and on hard data."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import hmm
from tenure.engine.hmm import BERNOULLI, GAUSSIAN, POISSON, Measure, Sequences, Settings
from tenure.engine.hmm.tests.worlds import INPUTS, MEASURES, TRUTH, simulated

QUICK = Settings(restarts=2, trial=3, iterations=12)


@pytest.fixture(scope="module")
def world():
    return simulated(1, 150, 60)


@pytest.fixture(scope="module")
def fitted(world):
    return hmm.fit(world[0], 3)


def small(seed, accounts=6, steps=7):
    return simulated(seed, accounts, steps, missing=0.3)[0]


def test_a_known_model_is_found_again(world, fitted):
    model, truth = fitted.model, TRUTH
    assert fitted.converged
    assert fitted.log_likelihood > truth.log_likelihood(world[0]).sum()
    assert model.start == pytest.approx(truth.start, abs=0.12)
    assert model.emissions.mean == pytest.approx(truth.emissions.mean, abs=0.12)
    assert model.emissions.spread[0] == pytest.approx(truth.emissions.spread[0], abs=0.06)
    for inputs in ([0, 0], [1, 0], [0, 1]):
        found, true = (m.moves.matrix(np.array([inputs], float))[0] for m in (model, truth))
        assert found == pytest.approx(true, abs=0.09)
    assert model.moves.effect[:, 0] == pytest.approx(truth.moves.effect[:, 0], abs=0.35)
    assert (model.moves.effect[1:, 1] < -0.5).all()


def test_the_states_it_shows_are_mostly_the_true_ones(world, fitted):
    data, state = world
    shown = fitted.model.filtered(data)
    right = (shown.argmax(axis=2) == state)[data.seen].mean()
    best = (TRUTH.filtered(data).argmax(axis=2) == state)[data.seen].mean()
    assert right > best - 0.02
    assert right > 0.85


def test_as_many_states_are_chosen_as_there_are():
    data, _ = simulated(4, 60, 30)
    choice = hmm.choose(data, (1, 2, 3, 4), settings=Settings(restarts=2, iterations=40))
    assert choice.fitted.model.states == 3
    assert choice.short[2] <= choice.error[2]
    assert choice.score[2] > choice.score[1] > choice.score[0]


def test_without_hidden_states_one_is_chosen():
    draw = np.random.default_rng(9)
    data = Sequences.of_rows(
        np.repeat(np.arange(40), 12), np.tile(np.arange(12), 40),
        draw.normal(size=(480, 1)), draw.poisson(0.5, (480, 1)), [Measure("use")], ["training"],
    )  # fmt: skip
    assert hmm.choose(data, (1, 2, 3), settings=QUICK).fitted.model.states == 1


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([0.0, 1.0, 30.0]))
def test_em_never_loses_likelihood(seed, states, ridge):
    how = replace(QUICK, ridge=ridge, tolerance=-np.inf)
    trace = np.array(hmm.fit(small(seed), states, how).trace)
    assert trace.size == how.iterations + 1
    assert (np.diff(trace) >= -1e-8 * np.abs(trace[:-1])).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(-50, 50))
def test_what_is_shown_of_a_step_does_not_change_with_what_comes_after(seed, upto, shock):
    data = small(seed)
    before = TRUTH.filtered(replace(data, length=np.minimum(data.length, upto)))
    values, inputs = data.values.copy(), data.inputs.copy()
    values[:, upto:, 0] = shock
    inputs[:, upto:] += 3
    after = TRUTH.filtered(replace(data, values=values, inputs=inputs))
    assert np.array_equal(after[:, :upto], before[:, :upto], equal_nan=True)


def test_filtering_and_likelihood_agree_with_summing_over_all_paths():
    data = small(11, accounts=3, steps=5)
    shown, whole = TRUTH.filtered(data), TRUTH.log_likelihood(data)
    for n in range(3):
        for upto in range(1, data.length[n] + 1):
            chance = np.zeros(3)
            for path in product(range(3), repeat=int(upto)):
                chance[path[-1]] += _path_chance(data, n, path)
            assert shown[n, upto - 1] == pytest.approx(chance / chance.sum(), rel=1e-9)
        assert whole[n] == pytest.approx(np.log(chance.sum()), rel=1e-9)
        assert np.isnan(shown[n, data.length[n] :]).all()


def _path_chance(data, n, path):
    chance = TRUTH.start[path[0]]
    for t, state in enumerate(path):
        if t:
            u = data.inputs[n, t]
            lifted = TRUTH.moves.effect[path[t - 1]] @ u
            below = 1 / (1 + np.exp(lifted - TRUTH.moves.cut[path[t - 1]]))
            chance *= np.diff([0, *below, 1])[state]
        usage, tickets, reply = data.values[n, t]
        mean, spread = TRUTH.emissions.mean[:, state], TRUTH.emissions.spread[0, state]
        if not np.isnan(usage):
            z = (usage - mean[0]) / spread
            chance *= np.exp(-z * z / 2) / spread / np.sqrt(2 * np.pi)
        if not np.isnan(tickets):
            chance *= np.exp(-mean[1]) * mean[1] ** tickets / _factorial(int(tickets))
        if not np.isnan(reply):
            chance *= mean[2] if reply else 1 - mean[2]
    return chance


def _factorial(n):
    return float(np.prod(np.arange(1, n + 1)))


def test_the_order_of_the_accounts_does_not_matter():
    data = small(3, accounts=20, steps=8)
    mixed = np.random.default_rng(0).permutation(20)
    one, two = (hmm.fit(each, 3, QUICK) for each in (data, data.take(mixed)))
    assert one.trace == two.trace
    assert one.model.filtered(data)[mixed] == pytest.approx(
        two.model.filtered(data.take(mixed)), nan_ok=True
    )
    again = hmm.choose(data, (1, 2), settings=QUICK)
    other = hmm.choose(data.take(mixed), (1, 2), settings=QUICK)
    assert again.score == pytest.approx(other.score, rel=1e-12)


def test_the_unit_of_an_input_does_not_matter():
    data = small(5, accounts=20, steps=10)
    in_tens = replace(data, inputs=data.inputs * 10)
    plain, tens = hmm.fit(data, 2, QUICK), hmm.fit(in_tens, 2, QUICK)
    assert tens.log_likelihood == pytest.approx(plain.log_likelihood)
    assert tens.model.moves.effect * 10 == pytest.approx(plain.model.moves.effect, abs=1e-6)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_states_stand_in_the_order_of_the_first_measure(seed, states):
    model = hmm.fit(small(seed), states, QUICK).model
    assert (np.diff(model.emissions.mean[0]) >= -1e-12).all()
    rows = model.moves.matrix(np.array([[0.0, 0.0], [2.0, 1.0]])).sum(axis=2)
    assert rows == pytest.approx(np.ones((2, states)))


def test_encounters_ahead_move_the_outlook_the_way_they_act():
    now = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    steps = 6
    trained, failed, quiet = np.zeros((3, steps, 2))
    trained[:, 0], failed[:, 1] = 1, 1
    high = [TRUTH.ahead(now, inputs)[:, -1, 2] for inputs in (failed, quiet, trained)]
    assert (high[0] < high[1]).all()
    assert (high[1] < high[2]).all()
    by_hand = now @ np.linalg.matrix_power(TRUTH.moves.matrix(np.zeros((1, 2)))[0], steps)
    assert TRUTH.ahead(now, quiet)[:, -1] == pytest.approx(by_hand)


def _flat(accounts, steps, value, kind=GAUSSIAN, inputs=0):
    values = np.full((accounts, steps, 1), value)
    return Sequences(
        np.arange(accounts), np.full(accounts, steps), values, np.zeros((accounts, steps, inputs)),
        (Measure("m", kind),), tuple(f"u{i}" for i in range(inputs)),
    )  # fmt: skip


@pytest.mark.parametrize("states", [1, 2, 4])
@pytest.mark.parametrize(
    "data",
    [
        _flat(5, 6, 1.0),
        _flat(5, 6, np.nan),
        _flat(5, 6, 0.0, POISSON, 2),
        _flat(5, 6, 1.0, BERNOULLI, 1),
        _flat(1, 1, 2.0),
        _flat(1, 1, np.nan, POISSON),
        _flat(3, 4, 1e6),
        _flat(3, 4, 1e4, POISSON),
    ],
    ids=["constant", "all missing", "zeros", "ones", "one step", "one missing", "huge", "many"],
)
def test_data_that_tell_nothing_give_finite_answers(data, states):
    fitted = hmm.fit(data, states, QUICK)
    shown = fitted.model.filtered(data)
    assert np.isfinite(fitted.trace).all()
    assert shown.sum(axis=2) == pytest.approx(np.ones(shown.shape[:2]))
    assert np.isfinite(fitted.model.moves.cut).all()
    assert hmm.choose(data, (1, 2), settings=QUICK).fitted.model.states == 1


def test_an_input_that_always_comes_before_a_fall_gets_a_finite_effect():
    values = np.tile(np.array([5.0] * 5 + [0.0] * 5), (8, 1))[:, :, None]
    inputs = np.tile(np.eye(10)[5], (8, 1))[:, :, None]
    data = Sequences(np.arange(8), np.full(8, 10), values, inputs, (Measure("use"),), ("outage",))
    model = hmm.fit(data, 2).model
    assert model.moves.effect[1, 0] < -0.5
    assert np.isfinite(model.moves.effect).all()
    assert model.moves.matrix(np.ones((1, 1)))[0, 1, 0] > 0.5


def test_no_account_and_no_state_are_refused():
    with pytest.raises(ValueError, match="an account"):
        hmm.fit(_flat(0, 3, 1.0), 2)
    with pytest.raises(ValueError, match="a state"):
        hmm.fit(_flat(2, 3, 1.0), 0)
    with pytest.raises(ValueError, match="other measures"):
        TRUTH.filtered(_flat(2, 3, 1.0))


def test_nobody_to_show_is_no_error():
    nobody = small(1).take(np.zeros(0, np.int64))
    assert TRUTH.filtered(nobody).shape == (0, 7, 3)
    assert TRUTH.log_likelihood(nobody).size == 0


def test_the_truth_has_the_measures_and_inputs_of_the_world(world):
    assert world[0].measures == MEASURES
    assert world[0].input_names == INPUTS
