"""Maximum likelihood for the models of buying, with standard errors of all that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenure.engine.buying.form import Floats, Form, Params
from tenure.engine.buying.log import Summary

_BOUND = 7.0  # of the logarithms of the parameters, times in units of the mean age
_STARTS = ((-0.7, -1.2, -0.4, 0.3), (0.0, 0.0, 0.0, 0.0), (-1.0, 0.5, -1.5, 1.5))
_STEP = 1e-3
_ENOUGH = 3000  # distinct pasts for the first searches; with more, every second, third, … is taken


@dataclass(frozen=True)
class Measured:
    """Values and their standard errors, of one shape; errors are nan where unknown."""

    value: Floats
    error: Floats


@dataclass(frozen=True)
class Fitted:
    """A model of buying at the parameters of greatest likelihood.

    Attributes:
        form: The model.
        params: Its four parameters, in the order of `form.parameters`.
        covariance: (4, 4) of the parameters' logarithms, the inverse of the observed information;
            nan where the likelihood has no proper maximum.
        log_likelihood: ln L, summed over the customers.
        inside: The maximum is finite, not on the search's edge.
    """

    form: Form
    params: Params
    covariance: Floats
    log_likelihood: float
    inside: bool

    @property
    def errors(self) -> Floats:
        """Standard errors of the parameters, (4,), by the delta method."""
        return np.asarray(self.params) * np.sqrt(np.diag(self.covariance))

    def alive(self, customers: Summary) -> Measured:
        """The chance that each is a customer still at the end of observation, (n,)."""
        past = _past(customers)
        return self._measured(lambda params: self.form.alive(params, *past))

    def expected(self, until: ArrayLike, since: float = 0.0) -> Measured:
        """Purchases expected in (since, until] periods after a new customer's first."""
        time = np.atleast_1d(np.asarray(until, dtype=float))
        start = np.full_like(time, since)
        _forward(start, time)

        def between(params: Params) -> Floats:
            return self.form.expected(params, time) - self.form.expected(params, start)

        return self._measured(between)

    def expected_given(self, customers: Summary, until: float, since: float = 0.0) -> Measured:
        """Purchases expected of each in (since, until] periods after the end of observation, (n,).

        The conditional expectation, given frequency, recency and age. The errors are those of the
        mean from not knowing the parameters; what a single customer does scatters more widely.
        """
        past = _past(customers)
        start, stop = np.full(len(customers), since), np.full(len(customers), until)
        _forward(start, stop)

        def between(params: Params) -> Floats:
            later = self.form.expected_given(params, *past, stop)
            return later - self.form.expected_given(params, *past, start)

        return self._measured(between)

    def _measured(self, of: Callable[[Params], Floats]) -> Measured:
        """The value at the estimate and its error by the delta method in the logarithms."""
        slopes = np.stack(
            [(of(up) - of(down)) / (2.0 * _STEP) for down, up in _neighbours(self.params)]
        )
        variance = np.einsum("i...,ij,j...->...", slopes, self.covariance, slopes)
        return Measured(of(self.params), np.sqrt(np.maximum(variance, 0.0)))


def fit(form: Form, customers: Summary) -> Fitted:
    """The parameters of greatest likelihood, from three starts of a bounded quasi-Newton search.

    With very many customers the three starts look at an even share of them, the end at all.

    Times are taken in units of the mean age during the search, so the answer does not depend on
    the period chosen. Without customers, or where the purchases cannot tell the parameters (nobody
    bought again, say), the answer sits where the search ended, with `inside` false.
    """
    if not len(customers):
        return Fitted(form, (1.0, 1.0, 1.0, 1.0), np.full((4, 4), np.nan), 0.0, inside=False)
    past, weight = _distinct(customers)
    unit = np.where(form.timed, np.log(max(float(customers.age.mean()), 1e-9)), 0.0)

    def cost(point: Floats, every: int = 1) -> tuple[float, Floats]:
        value, slopes = form.graded(_params(point + unit), *(part[::every] for part in past))
        return -float(value @ weight[::every]), -(weight[::every] @ slopes)

    every = -(-weight.size // _ENOUGH)
    starts = [_search(cost, np.array(start), every) for start in _STARTS]
    point, least = min(starts, key=lambda run: run[1])
    if every > 1:
        point, least = _search(cost, point, 1)
    covariance = _inverse(_curvature(lambda where: cost(where)[1], point))
    inside = bool((np.abs(point) < _BOUND - 1.5).all() and np.isfinite(covariance).all())
    return Fitted(form, _params(point + unit), covariance, -least, inside)


def _search(
    cost: Callable[[Floats, int], tuple[float, Floats]], start: Floats, every: int
) -> tuple[Floats, float]:
    from scipy.optimize import minimize  # loads much that few processes need

    run = minimize(
        cost,
        start,
        args=(every,),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_BOUND, _BOUND)] * 4,
        options={"ftol": 1e-13, "gtol": 1e-5, "maxiter": 300},
    )
    return np.asarray(run.x), float(run.fun)


def _curvature(slope: Callable[[Floats], Floats], point: Floats) -> Floats:
    """Second derivatives at `point` by central differences of the first, (4, 4)."""
    steps = np.eye(4) * _STEP
    rows = [(slope(point + step) - slope(point - step)) / (2.0 * _STEP) for step in steps]
    return (np.stack(rows) + np.stack(rows, axis=1)) / 2.0


def _inverse(information: Floats) -> Floats:
    """The inverse of a positive definite matrix; nan if it is not one."""
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 1e-6:
        return np.full_like(information, np.nan)
    return np.asarray(np.linalg.inv(information))


def _distinct(customers: Summary) -> tuple[tuple[Floats, Floats, Floats], Floats]:
    """The distinct pasts and how many customers have each."""
    rows, counts = np.unique(np.stack(_past(customers)), axis=1, return_counts=True)
    return (rows[0], rows[1], rows[2]), counts.astype(float)


def _past(customers: Summary) -> tuple[Floats, Floats, Floats]:
    return customers.frequency, customers.recency, customers.age


def _params(logs: Floats) -> Params:
    first, second, third, fourth = (float(x) for x in np.exp(logs))
    return first, second, third, fourth


def _neighbours(params: Params) -> list[tuple[Params, Params]]:
    logs = np.log(params)
    return [(_params(logs - step), _params(logs + step)) for step in np.eye(4) * _STEP]


def _forward(start: Floats, stop: Floats) -> None:
    if (start < 0).any() or (stop < start).any():
        raise ValueError("an interval needs 0 ≤ since ≤ until")
