"""The chance that something comes while the account is there, and how uncertain it is."""

import numpy as np

from tenure.engine.hazards.base import chance_of
from tenure.engine.hazards.spread import Z90
from tenure.engine.panel.rows import Floats


def incidence_of(hazard: Floats, survival: Floats) -> Floats:
    """(n, H) probability that the first arrival came through month h.

    Σ_{m ≤ h} λ(m) · S(m − 1) · Π_{j < m} (1 − λ(j)): the account has to be there, and it has not
    come before. `hazard` (n, H) is λ, `survival` (n, H) is S.
    """
    ones = np.ones((hazard.shape[0], 1))
    there = np.concatenate([ones, survival[:, :-1]], axis=1)
    not_yet = np.concatenate([ones, np.cumprod(1.0 - hazard, axis=1)[:, :-1]], axis=1)
    return np.asarray(np.cumsum(hazard * there * not_yet, axis=1))


def incidence_limits(own: Floats, leaving: Floats, own_sd: Floats, leaving_sd: Floats) -> Floats:
    """90 % interval of the probability that it came within H months, (n, 2) low and high.

    The log-odds of all months of a cause move together, those of the two causes apart, as they are
    fitted apart. The limits that each has by itself, on the scale ln(−ln(1 − I)), are put together
    by their squared distances (G. Y. Zou and A. Donner 2008, Construction of confidence limits
    about effect measures: a general approach, Statistics in Medicine 27(10), 1693-1702).

    Args:
        own: (n, H) log-odds of its hazard.
        leaving: (n, H) log-odds of the first cause's.
        own_sd: (n,) standard deviation of `own` averaged over the H months.
        leaving_sd: (n,) that of `leaving`.
    """
    by_own, by_leaving = (Z90 * sd[:, None] for sd in (own_sd, leaving_sd))
    here = _scaled(own, leaving)
    down = np.hypot(
        here - _scaled(own - by_own, leaving), here - _scaled(own, leaving + by_leaving)
    )
    up = np.hypot(here - _scaled(own + by_own, leaving), here - _scaled(own, leaving - by_leaving))
    return np.asarray(-np.expm1(-np.exp(np.stack([here - down, here + up], axis=1))))


def _scaled(own: Floats, leaving: Floats) -> Floats:
    """(n,) ln(−ln(1 − I)) of the incidence I by the last month."""
    survival = np.exp(-np.cumsum(np.logaddexp(0.0, leaving), axis=1))
    chance = incidence_of(chance_of(own), survival)[:, -1]
    return np.asarray(np.log(-np.log1p(-np.clip(chance, 1e-12, 1.0 - 1e-12))))
