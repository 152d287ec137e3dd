"""The confidence sequence: its formula, its narrowest place, how often it errs, accounts needed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tenure.engine.effects import boundary, mixing, needed, p_value, reach, until_floor
from tenure.engine.effects.sequence import heavier, lighter

COUNTS = st.integers(20, 100_000)
FREEDOM = st.floats(2, 5000)


@given(st.integers(1, 10_000), st.floats(0.1, 1000), st.floats(0.001, 0.5))
def test_it_is_the_boundary_of_the_source(n, r, level):
    rho2 = 1 / r
    told = np.sqrt(2 * (n * rho2 + 1) / (n * rho2) * np.log(np.sqrt(n * rho2 + 1) / level))
    assert boundary(n, r, level) == pytest.approx(told)


@given(st.integers(50, 5000), st.sampled_from([0.01, 0.05, 0.2]))
def test_it_is_narrowest_at_the_planned_number(planned, level):
    chosen = float(boundary(planned, mixing(planned, level), level))
    others = [
        float(boundary(planned, mixing(planned, level) * f, level)) for f in (0.5, 0.9, 1.1, 2)
    ]
    assert chosen < min(others)


def test_a_walk_watched_at_every_step_leaves_it_once_in_twenty_at_most():
    steps, walks, planned = 4000, 3000, 300
    chance = np.random.default_rng(11)
    n = np.arange(1, steps + 1)
    bar = boundary(n, mixing(planned)) * np.sqrt(n)
    left = sum(
        int((np.abs(chance.normal(size=(500, steps)).cumsum(axis=1)) >= bar).any(axis=1).sum())
        for _part in range(walks // 500)
    )
    # the whole 5 % is for all time; a good part of it is spent by then, so the bound isn't idle
    assert 0.01 < left / walks < 0.05


@given(st.floats(0, 8), FREEDOM)
def test_students_tail_is_that_of_the_normal(z, freedom):
    t = float(heavier(z, freedom))
    assert t >= z - 1e-6
    assert stats.t.sf(t, freedom) == pytest.approx(stats.norm.sf(z), rel=1e-6)
    assert float(lighter(t, freedom)) == pytest.approx(z, abs=1e-6)


def test_with_endless_freedom_it_is_the_normal_itself():
    assert float(heavier(3.3, np.inf)) == float(lighter(3.3, np.inf)) == 3.3


@given(st.floats(-3, 3), st.floats(0.01, 4), FREEDOM, COUNTS, st.sampled_from([0.01, 0.05, 0.3]))
def test_p_is_below_alpha_just_where_the_interval_leaves_out_nothing(value, var, freedom, n, level):
    r = mixing(500)
    half = float(reach(var, freedom, n, r, level))
    p = float(p_value(value, var, freedom, n, r))
    assert 0 <= p <= 1
    if abs(abs(value) - half) > 1e-6 * half:
        assert (p < level) == (abs(value) > half)


@given(st.floats(0.5, 5), st.integers(40, 400), st.floats(0.05, 1))
def test_so_many_accounts_are_needed_and_not_one_fewer(spread, n, worth):
    r = mixing(500)

    def told(total):
        variance = spread / total
        half = float(reach(variance, total / 5, total, r))
        return half + stats.norm.ppf(0.8) * variance**0.5 <= worth

    total = needed(spread / n, n / 5, n, worth, r)
    assert told(total)
    assert total == 1 or not told(total - 1)


def test_what_no_number_of_accounts_would_tell_is_not_promised():
    assert needed(1.0, 50, 100, 1e-6, mixing(500)) is None


@pytest.mark.parametrize("wrong", [{"variance": 0.0}, {"worth": -1.0}, {"power": 0.3}, {"n": 0}])
def test_needed_refuses_numbers_out_of_range(wrong):
    with pytest.raises(ValueError):
        needed(**({"variance": 1.0, "freedom": 9, "n": 9, "worth": 1.0, "r": 60.0} | wrong))


@pytest.mark.parametrize("planned", [0, -1, float("nan")])
def test_a_plan_of_nothing_is_refused(planned):
    with pytest.raises(ValueError):
        mixing(planned)


def test_the_floor_is_reached_by_the_arm_that_lacks_most():
    assert until_floor(54, 6, 0.1, 10) == 40
    assert until_floor(4, 12, 0.5, 10) == 12
    assert until_floor(90, 10, 0.1, 10) == 0
