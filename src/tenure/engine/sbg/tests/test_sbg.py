"""The shifted-beta-geometric model against its paper, its identities and its hard cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine import sbg
from tenure.engine.sbg.fitting import log_likelihood

# Fader and Hardie (2007), table 1: per cent of 1,000 customers still there after years 0-7.
REGULAR = [100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
HIGH_END = [100.0, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]

positive = st.floats(0.05, 20.0)


@pytest.mark.parametrize(
    ("shares", "alpha", "beta"), [(REGULAR, 0.7041, 1.1820), (HIGH_END, 0.6681, 3.8061)]
)
def test_the_fit_gives_the_parameters_of_the_paper(shares, alpha, beta):
    fitted = sbg.fit(sbg.Exposure.of_survivors(np.array(shares) * 10))
    assert fitted.inside
    assert fitted.alpha == pytest.approx(alpha, abs=1e-3)
    assert fitted.beta == pytest.approx(beta, abs=1e-3)


@settings(deadline=None)
@given(positive, positive)
def test_those_lost_and_those_left_make_the_cohort(alpha, beta):
    periods = np.arange(1, 40)
    lost = np.exp(sbg.log_lost(alpha, beta, periods)).sum()
    assert lost + sbg.survival(alpha, beta, 39) == pytest.approx(1.0, abs=1e-9)


@settings(deadline=None)
@given(positive, positive, st.integers(0, 30), st.integers(0, 12))
def test_survival_is_the_product_of_retention_rates(alpha, beta, survived, more):
    rates = sbg.retention(alpha, beta, np.arange(survived + 1, survived + more + 1))
    chance = sbg.still_paying(alpha, beta, survived, more)
    assert chance == pytest.approx(np.prod(rates), rel=1e-9)


def test_the_residual_lifetime_is_the_sum_of_the_chances():
    chances = sbg.still_paying(3.0, 4.0, 2, np.arange(1, 400_000))
    assert sbg.residual_periods(3.0, 4.0, 2) == pytest.approx(chances.sum(), rel=1e-4)
    assert sbg.residual_periods(0.9, 4.0, 2) == float("inf")


def test_the_discounted_residual_lifetime_is_the_discounted_sum():
    steps = np.arange(1, 2000)
    by_hand = (sbg.still_paying(0.7, 1.2, 3, steps) / 1.1**steps).sum()
    assert sbg.discounted_residual(0.7, 1.2, 3, 0.1) == pytest.approx(by_hand, rel=1e-9)
    with pytest.raises(ValueError, match="discount rate"):
        sbg.discounted_residual(0.7, 1.2, 3, 0.0)


@settings(deadline=None)
@given(positive, positive, st.lists(st.integers(0, 30), min_size=1, max_size=8), st.data())
def test_the_likelihood_is_the_product_over_customers(alpha, beta, survived, data):
    left = data.draw(st.lists(st.booleans(), min_size=len(survived), max_size=len(survived)))
    exposure = sbg.Exposure.of_customers(survived, left)
    by_hand = sum(
        sbg.log_lost(alpha, beta, k + 1) if gone else sbg.log_survival(alpha, beta, k)
        for k, gone in zip(survived, left, strict=True)
    )
    assert log_likelihood(alpha, beta, exposure) == pytest.approx(by_hand, rel=1e-9, abs=1e-9)


def test_individuals_and_cohort_counts_say_the_same():
    cohort = sbg.Exposure.of_survivors([4, 3, 1])
    people = sbg.Exposure.of_customers([0, 1, 1, 2], [True, True, True, False])
    a, b = 0.8, 1.5
    assert log_likelihood(a, b, cohort) == pytest.approx(log_likelihood(a, b, people))


HARD = {
    "nobody left": ([3, 5, 8], [False] * 3),
    "everybody left at once": ([0, 0, 0], [True] * 3),
    "one customer, still there": ([1], [False]),
    "one customer, gone": ([1], [True]),
    "only just arrived": ([0, 0], [False] * 2),
    "no customer at all": ([], []),
}


@pytest.mark.parametrize("case", HARD, ids=list(HARD))
def test_a_hard_cohort_gets_a_wide_answer_and_no_error(case):
    exposure = sbg.Exposure.of_customers(*HARD[case])
    fitted = sbg.fit(exposure)
    assert np.isfinite([fitted.alpha, fitted.beta]).all()
    answer = sbg.posterior(exposure, sbg.YEARLY).still_paying([0, 1, 5], 1)
    assert (answer.low > 0).all()
    assert (answer.high <= 1).all()
    assert (answer.low < answer.mean).all()
    assert (answer.mean < answer.high).all()
    assert (answer.high - answer.low > 0.05).all()


def test_the_posterior_of_a_large_cohort_agrees_with_the_fit():
    exposure = sbg.Exposure.of_survivors(np.array(REGULAR) * 10)
    answer = sbg.posterior(exposure, sbg.YEARLY).still_paying(3, 1)
    assert answer.mean == pytest.approx(sbg.retention(0.7041, 1.1820, 4), abs=0.01)
    assert answer.high - answer.low < 0.06


def test_a_small_group_leans_on_the_others_and_a_large_one_hardly():
    others = sbg.Exposure.of_survivors(np.array(REGULAR) * 10)
    alone = np.full(8, 5)
    crowd = np.full(8, 5000)
    small = sbg.posterior(sbg.Exposure.of_survivors(alone), sbg.YEARLY, others)
    large = sbg.posterior(sbg.Exposure.of_survivors(crowd), sbg.YEARLY, others)
    assert small.still_paying(0, 1).mean < 0.9 < large.still_paying(0, 1).mean


def test_no_further_period_is_certain():
    answer = sbg.posterior(sbg.Exposure.of_customers([1], [False]), sbg.MONTHLY)
    assert answer.still_paying(4, 0).mean == pytest.approx(1.0)


@pytest.mark.parametrize("survivors", [[3, 4], [], [[1.0]]])
def test_counts_that_cannot_be_are_refused(survivors):
    with pytest.raises(ValueError):
        sbg.Exposure.of_survivors(survivors)
