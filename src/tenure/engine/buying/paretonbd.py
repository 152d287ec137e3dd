"""The Pareto/NBD model: customers buy at random and may leave at any moment, unseen.

While a customer, purchases come at a rate λ ~ Gamma(r, α); the lifetime is exponential with a rate
μ ~ Gamma(s, β), independent of λ.

Source: D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), "Counting your customers: who are
they and what will they do next?", Management Science 33(1), 1-24; the likelihood in the form of
P. S. Fader and B. G. S. Hardie (2005), "A note on deriving the Pareto/NBD model and related
expressions".
"""

import numpy as np
from scipy.special import expit, gammaln, hyp2f1

from tenure.engine.buying.form import Floats, Form, Params


def log_likelihood(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Log of Γ(r+x)α^r β^s/Γ(r) · {(α+T)^−(r+x) (β+T)^−s + s/(r+s+x) · A0}, (n,).

    The first term in the braces stands for customers who are there still at T, the second for
    those who left between t_x and T: s ∫_{t_x}^{T} (α+τ)^−(r+x) (β+τ)^−(s+1) dτ.
    """
    r, alpha, s, beta = params
    buys = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    stays = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    return np.asarray(buys + np.logaddexp(stays, _log_left(params, x, recency, age)))


def alive(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """P(alive | x, t_x, T): the first term of the braces as a share of both, (n,)."""
    r, alpha, s, beta = params
    stays = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    return np.asarray(expit(stays - _log_left(params, x, recency, age)))


def expected(params: Params, time: Floats) -> Floats:
    """E[X(t)] = (r/α) ∫_0^t (β/(β+τ))^s dτ: purchases in (0, t], of the shape of `time`."""
    r, alpha, s, beta = params
    return np.asarray(r / alpha * _lifetime(s, np.full_like(time, beta), time))


def expected_given(params: Params, x: Floats, recency: Floats, age: Floats, time: Floats) -> Floats:
    """E[Y(t) | x, t_x, T] = P(alive) · (r+x)/(α+T) · ∫_0^t ((β+T)/(β+T+τ))^s dτ, (n,)."""
    r, alpha, s, beta = params
    rate = (r + x) / (alpha + age)
    return alive(params, x, recency, age) * rate * _lifetime(s, beta + age, time)


def _lifetime(s: float, beta: Floats, time: Floats) -> Floats:
    """∫_0^t (β/(β+τ))^s dτ = β/(s−1) · [1 − (β/(β+t))^(s−1)]; β ln((β+t)/β) at s = 1."""
    log = np.log1p(time / beta)
    if abs(s - 1.0) < 1e-9:
        return np.asarray(beta * log)
    return np.asarray(-beta / (s - 1.0) * np.expm1(-(s - 1.0) * log))


def _log_left(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Log of s/(r+s+x) · A0 = that of g(t_x) − g(T); −inf where T = t_x."""
    r, _, s, _ = params
    at_last, at_end = (_log_antiderivative(params, x, time) for time in (recency, age))
    gap = np.minimum(at_end - at_last, 0.0)
    share = np.where(gap < 0, -np.expm1(gap), 0.0)
    log = np.log(share, out=np.full_like(share, -np.inf), where=share > 0)
    return np.asarray(np.log(s) - np.log(r + s + x) + at_last + log)


def _log_antiderivative(params: Params, x: Floats, time: Floats) -> Floats:
    """Log of the ₂F₁ term of A0 at a time t, by Euler's transformation in a form free of overflow.

    α ≥ β: (α+t)^−(r+x) (β+t)^−s · ₂F₁(1, r+x; r+s+x+1; (α−β)/(α+t));
    α < β: (α+t)^(1−r−x) (β+t)^−(s+1) · ₂F₁(1, s+1; r+s+x+1; (β−α)/(β+t)).
    The series lies between 1 and 1/(1−z).
    """
    r, alpha, s, beta = params
    log_a, log_b = np.log(alpha + time), np.log(beta + time)
    third = r + s + x + 1.0
    if alpha >= beta:
        series = _series(r + x, third, (alpha - beta) / (alpha + time))
        return np.asarray(-(r + x) * log_a - s * log_b + np.log(series))
    series = _series(np.full_like(x, s + 1.0), third, (beta - alpha) / (beta + time))
    return np.asarray((1.0 - r - x) * log_a - (s + 1.0) * log_b + np.log(series))


def _series(b: Floats, c: Floats, z: Floats) -> Floats:
    """₂F₁(1, b; c; z) for 0 < b < c and 0 ≤ z < 1.

    SciPy's, and Gauss's continued fraction for the few (b above 170 with z near 1) where that is
    not a number or out of bounds. Source: NIST Digital Library of Mathematical Functions, 15.7.
    """
    with np.errstate(all="ignore"):
        value = np.asarray(hyp2f1(1.0, b, c, z))
        lost = ~((value >= 1.0 - 1e-12) & (value <= (1.0 + 1e-9) / (1.0 - z)))
    if lost.any():
        value[lost] = _continued_fraction(b[lost], c[lost], z[lost])
    return np.asarray(np.maximum(value, 1.0))


def _continued_fraction(b: Floats, c: Floats, z: Floats, terms: int = 300) -> Floats:
    """1/(1 − d₁z/(1 − d₂z/…)), taken backwards; it rises to its limit from below."""
    rest = np.ones_like(z)
    for k in range(terms, 0, -1):
        even = k * (c - b + k - 1.0) / ((c + 2.0 * k - 2.0) * (c + 2.0 * k - 1.0))
        odd = (b + k - 1.0) * (c + k - 2.0) / ((c + 2.0 * k - 3.0) * (c + 2.0 * k - 2.0))
        rest = 1.0 - odd * z / (1.0 - even * z / rest)
    return np.asarray(1.0 / rest)


PARETO_NBD = Form(
    name="Pareto/NBD",
    parameters=("r", "alpha", "s", "beta"),
    timed=(False, True, False, True),
    log_likelihood=log_likelihood,
    alive=alive,
    expected=expected,
    expected_given=expected_given,
)
