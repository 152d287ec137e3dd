"""The Pareto/NBD model: customers buy at random and may leave at any moment, unseen.

While a customer, purchases come at a rate λ ~ Gamma(r, α); the lifetime is exponential with a rate
μ ~ Gamma(s, β), independent of λ.

Source: D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), "Counting your customers: who are
they and what will they do next?", Management Science 33(1), 1-24; the likelihood in the form of
P. S. Fader and B. G. S. Hardie (2005), "A note on deriving the Pareto/NBD model and related
expressions".
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln

from tenure.engine.buying.form import Floats, Form, Params

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_NODES, _WEIGHTS = (_NODES + 1.0) / 2.0, _WEIGHTS / 2.0


def log_likelihood(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """Log of Γ(r+x)α^r β^s/Γ(r) · {(α+T)^−(r+x) (β+T)^−s + s/(r+s+x) · A0}, (n,).

    The first term in the braces stands for customers who are there still at T, the second for
    those who left between t_x and T: s/(r+s+x) · A0 = s ∫_{t_x}^{T} (α+τ)^−(r+x) (β+τ)^−(s+1) dτ.
    """
    return graded(params, x, recency, age)[0]


def graded(params: Params, x: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats]:
    """`log_likelihood`, (n,), and its derivatives by ln r, ln α, ln s and ln β, (n, 4)."""
    r, alpha, s, beta = params
    left = _left(params, x, recency, age)
    log_alpha, log_beta = np.log(alpha + age), np.log(beta + age)
    stays = -(r + x) * log_alpha - s * log_beta
    buys = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    there = expit(stays - left.log)
    gone = 1.0 - there
    rate = digamma(r + x) - digamma(r) + np.log(alpha)
    by_r = r * (rate - there * log_alpha - gone * left.log_alpha)
    by_alpha = r - (r + x) * alpha * (there / (alpha + age) + gone * left.per_alpha)
    by_s = s * (np.log(beta) - there * log_beta - gone * left.log_beta) + gone
    by_beta = s - beta * (there * s / (beta + age) + gone * (s + 1.0) * left.per_beta)
    slopes = np.stack([by_r, by_alpha, by_s, by_beta], axis=1)
    return np.asarray(buys + np.logaddexp(stays, left.log)), slopes


def alive(params: Params, x: Floats, recency: Floats, age: Floats) -> Floats:
    """P(alive | x, t_x, T): the first term of the braces as a share of both, (n,)."""
    r, alpha, s, beta = params
    stays = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    return np.asarray(expit(stays - _left(params, x, recency, age).log))


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


@dataclass(frozen=True)
class _Left:
    """Those who left between t_x and T, all (n,): the integral's logarithm and means over τ."""

    log: Floats
    log_alpha: Floats  # of ln(α+τ)
    log_beta: Floats  # of ln(β+τ)
    per_alpha: Floats  # of 1/(α+τ)
    per_beta: Floats  # of 1/(β+τ)


def _left(params: Params, x: Floats, recency: Floats, age: Floats) -> _Left:
    """The integral of the likelihood by Gauss and Legendre; its logarithm is −inf where T = t_x.

    In ℓ = ln(1 + κ(τ − t_x)), κ the integrand's rate of decline at t_x, it is smooth whatever the
    parameters, and nothing is subtracted, as it is between the two ₂F₁ of the closed form.
    """
    r, alpha, s, beta = params
    from_alpha, from_beta = alpha + recency, beta + recency
    decline = (r + x) / from_alpha + (s + 1.0) / from_beta
    length = np.log1p(decline * (age - recency))
    steps = length[:, None] * _NODES
    after = np.expm1(steps) / decline[:, None]
    over_alpha = np.log1p(after / from_alpha[:, None])
    over_beta = np.log1p(after / from_beta[:, None])
    log_mass = steps - (r + x)[:, None] * over_alpha - (s + 1.0) * over_beta
    mass = np.exp(log_mass) * _WEIGHTS
    whole = mass.sum(axis=1)
    share = mass / whole[:, None]
    area = whole * length / decline * s
    log = np.log(area, out=np.full_like(area, -np.inf), where=area > 0)
    return _Left(
        log=log - (r + x) * np.log(from_alpha) - (s + 1.0) * np.log(from_beta),
        log_alpha=np.log(from_alpha) + (share * over_alpha).sum(axis=1),
        log_beta=np.log(from_beta) + (share * over_beta).sum(axis=1),
        per_alpha=(share * np.exp(-over_alpha)).sum(axis=1) / from_alpha,
        per_beta=(share * np.exp(-over_beta)).sum(axis=1) / from_beta,
    )


PARETO_NBD = Form(
    name="Pareto/NBD",
    parameters=("r", "alpha", "s", "beta"),
    timed=(False, True, False, True),
    log_likelihood=log_likelihood,
    graded=graded,
    alive=alive,
    expected=expected,
    expected_given=expected_given,
)
