"""The adjusted difference against the same written out in loops, and what must not change it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.effects import contrast, usable
from tenure.engine.effects.tests.worlds import by_loops


def world(seed, n=80, p=2):
    chance = np.random.default_rng(seed)
    held = np.arange(n) % 4 == 0
    x = chance.normal(size=(n, p))
    value = x.sum(axis=1) * np.where(held, 1.0, 1.5) + chance.normal(size=n)
    propensity = np.where(np.arange(n) % 3 == 0, 0.6, 0.8)
    return value, held, propensity, x


def weights(held, propensity):
    return 1 / np.where(held, 1 - propensity, propensity)


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_effect_and_variance_are_those_of_the_formula(seed, p):
    value, held, propensity, x = world(seed, p=p)
    found = contrast(value, held, weights(held, propensity), x)
    effect, hc2 = by_loops(value, held, propensity, x)
    assert found.value == pytest.approx(effect)
    assert found.treated - found.held_out == pytest.approx(effect)
    assert found.variance >= hc2 * (1 - 1e-9)


def test_the_variance_is_hc2_and_what_slopes_add_where_the_small_arm_varies_more():
    value, held, propensity, x = world(5)
    value = np.where(held, 5 * value, value)
    found = contrast(value, held, weights(held, propensity), x)
    _effect, hc2 = by_loops(value, held, propensity, x)
    slopes = [
        np.linalg.lstsq(
            np.column_stack([np.ones(rows.sum()), x[rows]])
            * np.sqrt(weights(held, propensity)[rows])[:, None],
            value[rows] * np.sqrt(weights(held, propensity)[rows]),
            rcond=None,
        )[0][1:]
        for rows in (~held, held)
    ]
    moved = x @ (slopes[0] - slopes[1])
    assert found.variance == pytest.approx(hc2 + moved.var(ddof=1) / len(value))


def test_without_covariates_it_is_the_difference_of_means_with_welchs_error():
    value, held, _propensity, x = world(1)
    value = np.where(held, 3 * value, value)
    found = contrast(value, held, np.ones(80), x[:, :0])
    a, b = value[~held], value[held]
    assert found.value == pytest.approx(a.mean() - b.mean())
    assert found.variance == pytest.approx(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


def test_an_arm_in_which_nothing_happened_is_not_taken_for_certain():
    value, held = np.ones(100), np.arange(100) < 10
    value[[20, 40, 60]] = 0.0
    found = contrast(value, held, np.ones(100), np.empty((100, 0)))
    assert found.variance >= 0.03 * 0.97 / 10


def test_many_samples_at_once_are_the_same_as_one_after_the_other():
    worlds = [world(seed) for seed in range(4)]
    value, held, propensity, x = (np.stack(parts) for parts in zip(*worlds, strict=True))
    together = contrast(value, held, weights(held, propensity), x)
    for at, (v, h, q, c) in enumerate(worlds):
        alone = contrast(v, h, weights(h, q), c)
        assert together.value[at] == pytest.approx(alone.value)
        assert together.variance[at] == pytest.approx(alone.variance)
        assert together.freedom[at] == pytest.approx(alone.freedom)


def test_a_weight_of_nothing_leaves_an_account_out():
    value, held, propensity, x = world(3)
    weight = weights(held, propensity)
    weight[60:] = 0
    value[60:] = 1e9
    found = contrast(value, held, weight, x)
    alone = contrast(value[:60], held[:60], weight[:60], x[:60])
    assert found.value == pytest.approx(alone.value)
    assert found.variance == pytest.approx(alone.variance)


def test_only_covariates_that_can_be_borne_are_used():
    chance = np.random.default_rng(0)
    held = np.arange(200) < 35
    a, b = chance.normal(size=(2, 200))
    b[::7] = np.nan
    only_treated = np.where(held, 0.0, a)
    table = np.column_stack([np.ones(200), a, 3 - 2 * a, only_treated, b, a**2, a * a * a])
    used = usable(table, held)
    assert used.shape == (200, 3)
    assert np.allclose(used[:, 0], (a - a.mean()) / a.std())
    assert np.allclose(used[::7, 1], 0.0)
    assert np.corrcoef(used[:, 2], a**2)[0, 1] == pytest.approx(1)
    assert usable(table, np.arange(200) < 9).shape == (200, 0)
    assert usable(np.full((200, 1), np.nan), held).shape == (200, 0)


def test_a_covariate_in_any_unit_adjusts_alike():
    value, held, propensity, x = world(8)
    weight = weights(held, propensity)
    one = contrast(value, held, weight, usable(x, held))
    other = contrast(value, held, weight, usable(x * [1e-6, 1e7] + [50, -3e8], held))
    assert other.value == pytest.approx(one.value, rel=1e-5)
    assert other.variance == pytest.approx(one.variance, rel=1e-5)
