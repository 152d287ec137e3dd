"""The models of buying against published values, their definitions and simulated customers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta as beta_distribution
from scipy.stats import gamma as gamma_distribution

from tenure.engine import buying
from tenure.engine.buying import BG_NBD, PARETO_NBD, Summary
from tenure.engine.buying.bgnbd import _by_quadrature
from tenure.engine.buying.tests.worlds import (
    BG_TRUTH,
    PARETO_TRUTH,
    bg_customers,
    pareto_customers,
)

# Estimates of the CDNOW tenth sample as published: Fader, Hardie and Lee (2005), table 2.
BG_CDNOW = (0.243, 4.414, 0.793, 2.426)
PARETO_CDNOW = (0.553, 10.578, 0.606, 11.669)
FORMS = {"BG/NBD": BG_NBD, "Pareto/NBD": PARETO_NBD}

positive = st.floats(0.2, 8.0)
params = st.tuples(positive, positive, positive, positive)
times = st.floats(0.5, 60.0)
some = st.integers(0, 60)


def at(*values):
    return tuple(np.array([float(v)]) for v in values)


def test_published_expectations_come_out():
    """Customer 1516 of CDNOW: x = 26, t_x = 30.86, T = 31, the coming 52 weeks.

    Values: documentation of the R package BTYD (Dziurzynski, Wadsworth and McCarthy), "Buy 'til
    you die - a walkthrough", from these parameters before rounding.
    """
    assert PARETO_NBD.alive(PARETO_CDNOW, *at(26, 30.86, 31)) == pytest.approx(0.9979, abs=1e-4)
    ahead = PARETO_NBD.expected_given(PARETO_CDNOW, *at(26, 30.86, 31, 52))
    assert ahead == pytest.approx(25.46, abs=0.01)
    assert PARETO_NBD.expected(PARETO_CDNOW, *at(52)) == pytest.approx(1.473, abs=1e-3)
    assert BG_NBD.alive(BG_CDNOW, *at(26, 30.86, 31)) == pytest.approx(0.9688, abs=2e-3)
    assert BG_NBD.expected_given(BG_CDNOW, *at(26, 30.86, 31, 52)) == pytest.approx(25.76, abs=0.01)
    assert BG_NBD.expected(BG_CDNOW, *at(52)) == pytest.approx(1.444, abs=3e-3)


def test_the_published_expectation_of_the_first_customer_comes_out():
    """Fader, Hardie and Lee (2005), "Implementing the BG/NBD model in Excel", p. 4: 1.226."""
    ahead = BG_NBD.expected_given((0.2426, 4.4136, 0.7929, 2.4259), *at(2, 30.43, 38.86, 39))
    assert ahead == pytest.approx(1.226, abs=5e-4)


LOGS = np.linspace(-25.0, 6.0, 700)  # the trapezium rule in the logarithm of a rate is exact here


def _rates(shape, scale):
    """Rates and their weights under Gamma(shape, scale), evenly in the logarithm."""
    rate = np.exp(LOGS)
    return rate, gamma_distribution.pdf(rate, shape, scale=1 / scale) * rate * (LOGS[1] - LOGS[0])


@pytest.mark.parametrize("x", [0, 3])
def test_the_bg_likelihood_is_the_mean_over_customers(x):
    """L(λ, p) = (1−p)^x λ^x e^(−λT) + 1{x>0} p (1−p)^(x−1) λ^x e^(−λ t_x), integrated."""
    r, alpha, a, b = 0.8, 3.0, 1.4, 2.0
    rate, weight = _rates(r, alpha)
    logits = np.linspace(-25, 25, 700)
    drop = 1 / (1 + np.exp(-logits))
    chance = beta_distribution.pdf(drop, a, b) * drop * (1 - drop) * (logits[1] - logits[0])
    stays = np.outer((1 - drop) ** x, rate**x * np.exp(-rate * 9))
    left = np.outer(drop * (1 - drop) ** (x - 1), rate**x * np.exp(-rate * 5)) if x else 0
    ours = BG_NBD.log_likelihood((r, alpha, a, b), *at(x, 5 if x else 0, 9))
    assert np.exp(ours) == pytest.approx(chance @ (stays + left) @ weight, rel=1e-6)


@pytest.mark.parametrize("x", [0, 3])
@pytest.mark.parametrize(("alpha", "beta"), [(3.0, 5.0), (5.0, 3.0)])
def test_the_pareto_likelihood_is_the_mean_over_customers(x, alpha, beta):
    """L(λ, μ) = λ^x/(λ+μ) (μ e^(−(λ+μ)t_x) + λ e^(−(λ+μ)T)), integrated."""
    r, s = 1.3, 1.2
    (rate, weight), (leave, chance) = _rates(r, alpha), _rates(s, beta)
    rate, both = rate[:, None], rate[:, None] + leave
    last = 5 if x else 0
    seen = rate**x / both * (leave * np.exp(-both * last) + rate * np.exp(-both * 9))
    ours = PARETO_NBD.log_likelihood((r, alpha, s, beta), *at(x, last, 9))
    assert np.exp(ours) == pytest.approx(weight @ seen @ chance, rel=1e-6)


@pytest.mark.parametrize("x", [1, 30])
@pytest.mark.parametrize(("alpha", "beta"), [(3.0, 5.0), (15.0, 3.0)])
def test_the_pareto_customers_who_left_are_those_of_the_closed_form(x, alpha, beta):
    """s/(r+s+x) · A0 with its two ₂F₁, Fader and Hardie (2005), note, eq. 10-13."""
    r, s, last, age = 1.3, 0.8, 5.0, 40.0
    power, low, high = r + s + x, min(alpha, beta), max(alpha, beta)
    other = s + 1 if alpha >= beta else r + x
    ends = [
        hyp2f1(power, other, power + 1, (high - low) / (high + t)) / (high + t) ** power
        for t in (last, age)
    ]
    gone = s / power * (ends[0] - ends[1])
    there = (alpha + age) ** -(r + x) * (beta + age) ** -s
    ours = PARETO_NBD.alive((r, alpha, s, beta), *at(x, last, age))
    assert ours == pytest.approx(there / (there + gone), rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(list(FORMS)), params, some, times)
def test_the_slopes_are_those_of_the_likelihood(name, params, x, age):
    form, past = FORMS[name], at(x, age / 3 if x else 0, age)

    def value(logs):
        return form.log_likelihood(tuple(np.exp(logs)), *past)[0]

    logs, step = np.log(params), 1e-5
    by_hand = [(value(logs + e) - value(logs - e)) / (2 * step) for e in np.eye(4) * step]
    assert form.graded(params, *past)[1][0] == pytest.approx(by_hand, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("x", [0, 4, 40])
def test_the_quadrature_that_stands_in_for_the_series_agrees_with_it(x):
    params = (0.8, 3.0, 1.4, 2.0)
    rough = _by_quadrature(params, *at(x, 9, 20))
    there = BG_NBD.alive(params, *at(x, 8 if x else 0, 9))
    ours = BG_NBD.expected_given(params, *at(x, 8 if x else 0, 9, 20))
    assert there * rough == pytest.approx(ours, rel=2e-3)


@pytest.mark.parametrize("x", [0, 200])
def test_extreme_parameters_give_bounded_answers(x):
    past = at(x, 30 if x else 0, 50)
    for params in [(900.0, 0.01, 800.0, 100.0), (0.01, 900.0, 0.01, 900.0), (500.0, 500.0, 5, 0.1)]:
        for form in FORMS.values():
            assert np.isfinite(form.log_likelihood(params, *past)).all()
            ahead = form.expected_given(params, *past, *at(20))
            assert 0 <= ahead <= (params[0] + x) / (params[1] + 50) * 20 * (1 + 1e-6)


@settings(deadline=None, max_examples=40)
@given(params, some, times, times)
def test_bg_purchases_are_the_mean_over_dropout_chances(params, x, age, ahead):
    """Given p and the past, a customer there at T buys (1 − (1 + pt/(α+T))^−(r+x))/p more."""
    r, alpha, a, b = params

    def own(drop):
        more = -np.expm1(-(r + x) * np.log1p(drop * ahead / (alpha + age))) / drop
        return more * beta_distribution.pdf(drop, a, b + x)

    mean = quad(own, 0, 1, limit=400, points=[1e-4, 1e-2])[0]
    ours = BG_NBD.expected_given(params, *at(x, age / 2 if x else 0, age, ahead))
    there = BG_NBD.alive(params, *at(x, age / 2 if x else 0, age))
    assert ours == pytest.approx(there * mean, rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(params, some, times)
def test_the_pareto_customers_who_left_are_the_integral_over_their_last_day(params, x, age):
    r, alpha, s, beta = params
    last = age / 2 if x else 0.0

    def left(u):
        return s * (alpha + u) ** -(r + x) * (beta + u) ** -(s + 1) / (alpha + last) ** -(r + x)

    gone = quad(left, last, age, epsabs=0, limit=200)[0]
    there = ((alpha + age) / (alpha + last)) ** -(r + x) * (beta + age) ** -s
    ours = PARETO_NBD.alive(params, *at(x, last, age))
    assert ours == pytest.approx(there / (there + gone), rel=1e-6, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(list(FORMS)), params, some, times, times)
def test_chances_are_chances_and_more_time_brings_no_fewer_purchases(name, params, x, age, ahead):
    form, past = FORMS[name], at(x, age / 3 if x else 0, age)
    assert 0 <= form.alive(params, *past)[0] <= 1
    steps = np.linspace(0, ahead, 6)
    given_past = form.expected_given(params, *(np.full(6, v[0]) for v in past), steps)
    for curve in (given_past, form.expected(params, steps)):
        assert curve[0] == pytest.approx(0, abs=1e-9)
        assert (np.diff(curve) >= -1e-9).all()


@pytest.mark.parametrize("a", [1.0 - 1e-9, 1.0, 1.0005, 1.0 - 9e-4])
def test_the_bg_expectation_has_no_gap_at_a_of_one(a):
    around = [BG_NBD.expected((0.5, 3.0, side, 2.0), *at(20))[0] for side in (0.99, 1.01)]
    here = BG_NBD.expected((0.5, 3.0, a, 2.0), *at(20))[0]
    assert here == pytest.approx(np.interp(a, [0.99, 1.01], around), rel=1e-4)


@pytest.mark.parametrize(
    ("form", "world", "truth"),
    [(BG_NBD, bg_customers, BG_TRUTH), (PARETO_NBD, pareto_customers, PARETO_TRUTH)],
    ids=["BG/NBD", "Pareto/NBD"],
)
def test_simulated_customers_give_parameters_and_purchases_back(form, world, truth):
    customers, later = world(np.random.default_rng(12), 6000, truth, 52, 52)
    fitted = buying.fit(form, customers)
    assert fitted.inside
    logs = np.log(fitted.params) - np.log(truth)
    assert (np.abs(logs) < 3.3 * fitted.errors / fitted.params).all()
    assert fitted.errors[0] < 0.1
    ahead = fitted.expected_given(customers, 52.0)
    assert ahead.value.sum() == pytest.approx(later.sum(), rel=0.06)
    assert np.corrcoef(ahead.value, later)[0, 1] > 0.7
    assert form.log_likelihood(truth, *_past(customers)).sum() <= fitted.log_likelihood


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_the_unit_of_time_does_not_matter(form):
    weeks, _ = bg_customers(np.random.default_rng(3), 800, BG_TRUTH, 52, 0)
    days = Summary(weeks.customer, weeks.frequency, weeks.recency * 7, weeks.age * 7)
    by_week, by_day = buying.fit(form, weeks), buying.fit(form, days)
    in_weeks, in_days = by_week.expected_given(weeks, 10), by_day.expected_given(days, 70)
    assert in_weeks.value == pytest.approx(in_days.value, rel=1e-2)
    assert by_week.alive(weeks).value == pytest.approx(by_day.alive(days).value, abs=5e-3)


def test_an_interval_further_ahead_is_the_difference_of_two():
    customers, _ = bg_customers(np.random.default_rng(8), 400, BG_TRUTH, 52, 0)
    fitted = buying.fit(BG_NBD, customers)
    whole, near, far = (
        fitted.expected_given(customers, *ends).value for ends in ((30, 0), (12, 0), (30, 12))
    )
    assert near + far == pytest.approx(whole)
    assert fitted.expected([30], 12).value == pytest.approx(
        fitted.expected([30]).value - fitted.expected([12]).value
    )
    with pytest.raises(ValueError, match="since"):
        fitted.expected_given(customers, 5, 6)


def test_errors_shrink_as_customers_grow_in_number():
    few, _ = bg_customers(np.random.default_rng(5), 300, BG_TRUTH, 52, 0)
    many, _ = bg_customers(np.random.default_rng(5), 4800, BG_TRUTH, 52, 0)
    wide, narrow = (buying.fit(BG_NBD, each).expected([52]).error[0] for each in (few, many))
    assert wide / narrow == pytest.approx(4, rel=0.35)


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
@pytest.mark.parametrize(
    ("x", "recency", "age"),
    [
        ([], [], []),
        ([0.0], [0.0], [10.0]),
        ([3.0], [9.0], [10.0]),
        ([0.0] * 40, [0.0] * 40, [10.0] * 40),
        ([0.0], [0.0], [0.0]),
        ([900.0] * 5, [999.0] * 5, [1000.0] * 5),
    ],
    ids=["nobody", "one, never again", "one, active", "nobody again", "today", "very many"],
)
def test_purchases_that_tell_nothing_give_no_error_and_no_false_certainty(form, x, recency, age):
    customers = Summary(np.arange(len(x)), *(np.array(v) for v in (x, recency, age)))
    fitted = buying.fit(form, customers)
    assert not fitted.inside or np.isfinite(fitted.errors).all()
    ahead = fitted.expected_given(customers, 10.0).value
    there = fitted.alive(customers).value
    assert np.isfinite(ahead).all()
    assert (ahead >= -1e-9).all()
    assert ((there >= 0) & (there <= 1)).all()


def _past(customers):
    return customers.frequency, customers.recency, customers.age
