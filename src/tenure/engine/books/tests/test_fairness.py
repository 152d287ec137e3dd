"""The Gini coefficient against its definition, and the hours an account needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.books import LEVELS, Workload, gini, load_of

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=2, max_size=30)


def by_definition(values):
    """Half the mean absolute difference of all pairs, over the mean: two plain loops."""
    count, mean = len(values), sum(values) / len(values)
    apart = sum(abs(a - b) for a in values for b in values) / count**2
    return apart / (2 * mean)


@given(AMOUNTS.filter(lambda values: sum(values) > 1e-3))
def test_gini_is_half_the_relative_mean_difference_of_all_pairs(values):
    assert gini(values) == pytest.approx(by_definition(values), abs=1e-9)


def test_gini_of_known_cases():
    assert gini([3, 3, 3, 3]) == 0
    assert gini([0, 0, 0, 8]) == pytest.approx(3 / 4)
    assert gini([1, 2, 3]) == pytest.approx(2 / 9)


@given(AMOUNTS.filter(lambda values: sum(values) > 1e-3), st.floats(0.01, 100))
def test_gini_knows_neither_units_nor_order(values, factor):
    changed = [factor * value for value in reversed(values)]
    assert gini(changed) == pytest.approx(gini(values), abs=1e-9)


def test_gini_of_nothing_and_of_one_is_not_known():
    assert gini([]) is None
    assert gini([5]) is None
    assert gini([0, 0]) is None


@pytest.mark.parametrize("bad", [[-1, 2], [float("nan"), 1], [float("inf"), 1]])
def test_gini_refuses_what_is_no_amount(bad):
    with pytest.raises(ValueError, match="finite and not negative"):
        gini(bad)


RULE = Workload(
    hours=dict(zip(LEVELS, (0.1, 0.5, 1.0, 1.5, 0.0), strict=True)),
    tiers={1: 0.5, 3: 2.0},
    capacity=30,
    recent_days=14,
    clients_stay=True,
)


def test_need_is_hours_of_the_level_times_the_factor_of_the_tier():
    assert RULE.need("client", 3) == 2.0
    assert RULE.need("customer", 1) == 0.25
    assert RULE.need("advocate", None) == 1.5
    assert RULE.need("", None) == 0.1


def test_a_tier_that_is_not_named_goes_by_the_next_lower_one():
    assert RULE.need("client", 2) == 0.5
    assert RULE.need("client", 9) == 2.0
    assert RULE.need("client", 0) == 0.5


def test_load_is_need_over_capacity_and_unknown_without_any():
    assert load_of(15, 30) == 0.5
    assert load_of(15, 0) is None
