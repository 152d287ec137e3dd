"""The beta-discrete-Weibull model against its paper's data, its identities and its hard cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta as beta_distribution

from tenure.engine import bdw, sbg

# Fader and Hardie (2007), tables 1 and 3: per cent of 1,000 customers still there after years 0-12.
REGULAR = [100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
HIGH_END = [100.0, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]
HIGH_END_LATER = [46.8, 44.5, 42.7, 40.9, 39.4]

positive = st.floats(0.1, 15.0)
shapes = st.floats(0.3, 3.0)


def cohort(shares):
    return sbg.Exposure.of_survivors(np.array(shares) * 10)


def test_customers_that_age_are_projected_better_than_without_ageing():
    choice = bdw.choose(cohort(HIGH_END))
    years = np.arange(8, 13)
    aged, plain = (
        np.abs(100 * fitted.survival(years) - HIGH_END_LATER).mean()
        for fitted in (choice.aged, choice.plain)
    )
    assert aged <= 0.53
    assert plain > 1.1
    assert choice.chosen == choice.aged
    assert choice.p_value < 0.001


def test_customers_that_do_not_age_keep_the_simpler_model():
    choice = bdw.choose(cohort(REGULAR))
    assert choice.chosen == choice.plain
    assert choice.plain.alpha == pytest.approx(0.7041, abs=1e-3)
    assert choice.p_value > 0.05


@settings(deadline=None, max_examples=40)
@given(positive, positive, st.integers(0, 20), st.integers(1, 10))
def test_a_shape_of_one_is_the_shifted_beta_geometric_model(alpha, beta, survived, more):
    ours = bdw.still_paying(alpha, beta, 1.0, survived, more)
    assert ours == pytest.approx(sbg.still_paying(alpha, beta, survived, more), rel=1e-9)
    lost = bdw.log_lost(alpha, beta, 1.0, survived + 1)
    assert lost == pytest.approx(sbg.log_lost(alpha, beta, survived + 1), abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(positive, positive, shapes)
def test_those_lost_and_those_left_make_the_cohort(alpha, beta, shape):
    lost = np.exp(bdw.log_lost(alpha, beta, shape, np.arange(1, 25))).sum()
    assert lost + bdw.survival(alpha, beta, shape, 24) == pytest.approx(1.0, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(positive, positive, shapes, st.integers(0, 20), st.integers(0, 12))
def test_survival_is_the_product_of_retention_rates(alpha, beta, shape, survived, more):
    rates = bdw.retention(alpha, beta, shape, np.arange(survived + 1, survived + more + 1))
    chance = bdw.still_paying(alpha, beta, shape, survived, more)
    assert chance == pytest.approx(np.prod(rates), rel=1e-8)


@pytest.mark.parametrize("shape", [0.5, 1.0, 1.7])
def test_survival_is_the_mean_of_the_customers_own_survival(shape):
    """The definition, integrated over θ ~ Beta(α, β) without the closed form."""

    def own(theta):
        return (1 - theta) ** (5**shape) * beta_distribution.pdf(theta, 1.4, 2.2)

    assert bdw.survival(1.4, 2.2, shape, 5) == pytest.approx(quad(own, 0, 1)[0], rel=1e-7)


def test_a_simulated_cohort_gives_its_parameters_back():
    draw = np.random.default_rng(4)
    theta = draw.beta(1.2, 3.0, 60_000)
    # S(t | θ) = (1 − θ)^(t^c), so T is the whole period in which (ln U / ln(1 − θ))^(1/c) falls.
    time = (np.log(draw.random(theta.size)) / np.log1p(-theta)) ** (1 / 1.5)
    survived = np.minimum(np.floor(time), 8).astype(int)
    fitted = bdw.fit(sbg.Exposure.of_customers(survived, survived < 8))
    assert fitted.inside
    assert [fitted.alpha, fitted.beta, fitted.shape] == pytest.approx([1.2, 3.0, 1.5], rel=0.12)


@settings(deadline=None, max_examples=5)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=9))
def test_the_richer_model_is_never_less_likely_than_its_special_case(losses):
    survivors = np.cumsum([*losses, 5][::-1])[::-1]
    exposure = sbg.Exposure.of_survivors(survivors)
    assert bdw.fit(exposure).log_likelihood >= sbg.fit(exposure).log_likelihood


def test_the_discounted_residual_lifetime_is_the_discounted_sum():
    steps = np.arange(1, 4000)
    by_hand = (bdw.still_paying(0.7, 1.2, 1.4, 3, steps) / 1.1**steps).sum()
    assert bdw.discounted_residual(0.7, 1.2, 1.4, 3, 0.1) == pytest.approx(by_hand, rel=1e-10)
    plain = sbg.discounted_residual(0.7, 1.2, 3, 0.1)
    assert bdw.discounted_residual(0.7, 1.2, 1.0, 3, 0.1) == pytest.approx(plain, rel=1e-9)
    with pytest.raises(ValueError, match="discount rate"):
        bdw.discounted_residual(0.7, 1.2, 1.0, 3, 0.0)


@pytest.mark.parametrize(
    ("survived", "left"),
    [
        ([3, 5, 8], [False] * 3),
        ([0, 0, 0], [True] * 3),
        ([1], [False]),
        ([1], [True]),
        ([0, 0], [False] * 2),
        ([], []),
    ],
    ids=["nobody left", "all left at once", "one there", "one gone", "just arrived", "nobody"],
)
def test_a_hard_cohort_falls_back_on_the_simpler_model(survived, left):
    choice = bdw.choose(sbg.Exposure.of_customers(survived, left))
    assert choice.chosen == choice.plain
    assert not choice.aged.inside
    chances = choice.chosen.still_paying([0, 1, 5], 1)
    assert np.isfinite(chances).all()
    assert ((chances >= 0) & (chances <= 1)).all()
