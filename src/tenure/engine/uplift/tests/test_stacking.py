"""The learners together beside the outlook of both arms."""

import numpy as np
import pytest

from tenure.engine.uplift.stacking import fit_stack


def told(n, seed):
    return np.random.default_rng(seed).normal([0.05, 0.6, 0.65], [0.05, 0.2, 0.2], (n, 3))


def test_an_effect_that_is_a_part_of_the_outlook_is_found_where_learners_see_nothing():
    seen = told(20_000, 1)
    true = 0.3 * seen[:, 1]
    noisy = true + np.random.default_rng(2).normal(0.0, 0.5, true.size)
    seen[:, 0] = np.random.default_rng(3).normal(0.0, 0.05, true.size)
    stack = fit_stack(seen, noisy)
    assert stack.slope == pytest.approx([0.0, 0.3, 0.0], abs=0.15)
    assert np.corrcoef(stack.effect(seen), true)[0, 1] > 0.95


def test_learners_are_believed_by_half_where_few_accounts_could_say_otherwise():
    seen = told(30, 4)
    scores = seen[:, 0] + np.random.default_rng(5).normal(0.0, 3.0, 30)
    stack = fit_stack(seen, scores)
    assert stack.slope == pytest.approx([0.5, 0.0, 0.0], abs=0.1)
    assert stack.mean == pytest.approx(scores.mean())


def test_the_spread_holds_that_of_the_learners_and_grows_away_from_the_middle():
    seen = told(500, 6)
    stack = fit_stack(seen, seen[:, 0] + np.random.default_rng(7).normal(0.0, 0.5, 500))
    here = stack.middle[None, :]
    assert stack.spread(here, np.array([0.02])) == pytest.approx(0.02 * abs(stack.slope[0]))
    assert stack.spread(here + 1.0, np.zeros(1)) > stack.spread(here + 0.1, np.zeros(1))


def test_learners_that_see_nothing_do_not_blur_the_outlook():
    of_the_outlook = []
    for seed in range(20):
        seen = told(3_000, 100 + seed)
        true = 0.2 * (seen[:, 1] + seen[:, 2]) / 2
        noise = np.random.default_rng(200 + seed).normal(0.0, 1.0, true.size)
        stack = fit_stack(seen, true + noise)
        of_the_outlook.append(np.corrcoef(stack.effect(seen), true)[0, 1])
    assert np.median(of_the_outlook) > 0.95


def test_learners_that_see_the_effect_keep_their_say():
    seen = told(3_000, 8)
    scores = seen[:, 0] + np.random.default_rng(9).normal(0.0, 0.5, 3_000)
    assert fit_stack(seen, scores).slope == pytest.approx([1.0, 0.0, 0.0], abs=0.3)
