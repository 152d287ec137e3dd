"""The BG/NBD model: customers buy at random and may leave right after any purchase.

While a customer, purchases come at a rate λ ~ Gamma(r, α); after each the customer leaves with
probability p ~ Beta(a, b), independent of λ. Who never bought again is certain to be there still.

Source: P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "'Counting your customers' the easy way:
an alternative to the Pareto/NBD model", Marketing Science 24(2), 275-284.
"""

import numpy as np
from scipy.special import betaincinv, betaln, digamma, expit, gammaln, hyp2f1

from tenure.engine.buying.form import Floats, Form, Params

_NEAR = 1e-3


def log_likelihood(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Log of eq. 6, (n,): Γ(r+x)α^r/Γ(r) · B(a, b+x)/B(a, b) · (A3 + 1{x>0} A4).

    A3 = (α+T)^−(r+x), A4 = a/(b+x−1) · (α+t_x)^−(r+x), added as logarithms.
    """
    r, alpha, a, b = params
    buys = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    drops = betaln(a, b + x) - betaln(a, b)
    stays = -(r + x) * np.log(alpha + age)
    return np.asarray(
        buys + drops + stays + np.logaddexp(0.0, _log_odds_gone(params, x, recency, age))
    )


def graded(params: Params, x: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats]:
    """`log_likelihood`, (n,), and its derivatives by ln r, ln α, ln a and ln b, (n, 4)."""
    r, alpha, a, b = params
    gone = expit(_log_odds_gone(params, x, recency, age))
    since = np.log(alpha + age) - np.log(alpha + recency)
    at_end, at_last = alpha / (alpha + age), alpha / (alpha + recency)
    both = digamma(a + b) - digamma(a + b + x)
    left = gone / np.where(x > 0, b + x - 1.0, 1.0)
    by_r = r * (digamma(r + x) - digamma(r) - np.log1p(age / alpha) + gone * since)
    by_alpha = r - (r + x) * (at_end - gone * (at_end - at_last))
    by_b = b * (digamma(b + x) - digamma(b) + both - left)
    slopes = np.stack([by_r, by_alpha, a * both + gone, by_b], axis=1)
    return log_likelihood(params, x, recency, age), slopes


def alive(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """P(alive | x, t_x, T) = 1/(1 + A4/A3), (n,); 1 for x = 0."""
    return np.asarray(expit(-_log_odds_gone(params, x, recency, age)))


def expected(params: Params, time: Floats) -> Floats:
    """E[X(t)], eq. 9: purchases after the first one in (0, t], of the shape of `time`."""
    zero = np.zeros_like(time)
    return _while_alive(params, zero, zero, time)


def expected_given(params: Params, x: Floats, recency: Floats, age: Floats, time: Floats) -> Floats:
    """E[Y(t) | x, t_x, T], eq. 10: purchases in (T, T + t], (n,)."""
    return alive(params, x, recency, age) * _while_alive(params, x, age, time)


def _log_odds_gone(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Log of A4/A3; −inf for x = 0."""
    r, alpha, a, b = params
    again = x > 0
    left = np.log(a) - np.log(np.where(again, b + x - 1.0, 1.0))
    since = (r + x) * (np.log(alpha + age) - np.log(alpha + recency))
    return np.where(again, left + since, -np.inf)


def _while_alive(params: Params, x: Floats, age: Floats, time: Floats) -> Floats:
    """Purchases expected in (T, T + t] of a customer who is there at T, after x purchases.

    (c/(a−1)) · [1 − (1−z)^(a−1) · ₂F₁(a+b−1−r, a−1; c; z)] with c = a+b+x−1, z = t/(α+T+t): eq. 10
    after Euler's transformation, which takes the powers of r + x out of the series, so that it
    neither overflows nor cancels for customers with many purchases. At a = 1 and at c = 0 the
    expression has removable gaps; there it is taken from both sides.
    """
    r, alpha, a, b = params
    if abs(a - 1.0) < _NEAR:
        sides = [(r, alpha, side, b) for side in (1.0 - 2.0 * _NEAR, 1.0 + 2.0 * _NEAR)]
        share = (a - sides[0][2]) / (4.0 * _NEAR)
        low, high = (_while_alive(side, x, age, time) for side in sides)
        return (1.0 - share) * low + share * high
    c = a + b + x - 1.0
    c = np.where(np.abs(c) < 1e-9, 1e-9, c)
    z = time / (alpha + age + time)
    with np.errstate(all="ignore"):
        series = hyp2f1(a + b - 1.0 - r, a - 1.0, c, z)
        more = c / (a - 1.0) * (1.0 - np.exp((a - 1.0) * np.log1p(-z)) * series)
    never_leaving = (r + x) / (alpha + age) * time
    lost = ~((more >= 0) & (more <= never_leaving * (1.0 + 1e-9)))
    if lost.any():
        more[lost] = _by_quadrature(params, x[lost], age[lost], time[lost])
    return np.asarray(more)


def _by_quadrature(params: Params, x: Floats, age: Floats, time: Floats) -> Floats:
    """The same where the series breaks down: the mean over p of (1 − (1 + pt/(α+T))^−(r+x))/p.

    By Gauss and Legendre over the quantiles of p ~ Beta(a, b + x), good to about 1e-3.
    """
    r, alpha, a, b = params
    nodes, weights = np.polynomial.legendre.leggauss(64)
    drop = np.maximum(betaincinv(a, b + x[:, None], (nodes + 1.0) / 2.0), 1e-300)
    span = (time / (alpha + age))[:, None]
    more = -np.expm1(-(r + x)[:, None] * np.log1p(drop * span)) / drop
    return np.asarray(more @ weights / 2.0)


BG_NBD = Form(
    name="BG/NBD",
    parameters=("r", "alpha", "a", "b"),
    timed=(False, True, False, False),
    log_likelihood=log_likelihood,
    graded=graded,
    alive=alive,
    expected=expected,
    expected_given=expected_given,
)
