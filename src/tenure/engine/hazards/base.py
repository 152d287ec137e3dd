"""The base rate: hazard by months ahead and by calendar month, without any feature."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from tenure.engine.hazards.logistic import information_of, losses, sigmoid, solve
from tenure.engine.hazards.periods import AtRisk
from tenure.engine.panel import Panel
from tenure.engine.panel.rows import Floats, Ints
from tenure.engine.sbg import Exposure, Posterior, Prior, posterior

_BY_MONTH = (0.03, 0.1, 0.3, 1.0)
_BY_CALENDAR = (0.0, 0.02, 0.05, 0.12, 0.3)
_LEVEL_SD = 1.5


@dataclass(frozen=True)
class Counts:
    """Months at risk and arrivals by month of origin (from `first` on) and months ahead, (O, H).

    `overlap`: how many rows an account has on average; the same arrival is seen from several.
    """

    first: int
    risk: Floats
    came: Floats
    overlap: float


@dataclass(frozen=True)
class Base:
    """Log-odds of the hazard: `ahead` (H,) by months ahead plus `calendar` (C,) by calendar month.

    `calendar[0]` belongs to month number `first` (since 1970); before and after the months that
    were seen the first and last value hold on: the last known level, not a line drawn onward.
    `steps`: standard deviations of the random walks' steps, by months ahead and by calendar month.
    """

    ahead: Floats
    calendar: Floats
    first: int
    steps: tuple[float, float] = (0.0, 0.0)

    def log_odds(self, origin_month: Ints, month: Ints) -> Floats:
        """Of rows with these origins (months since 1970) at these months ahead; broadcasts."""
        at = np.clip(origin_month + month - 1 - self.first, 0, self.calendar.shape[0] - 1)
        return np.asarray(self.ahead[month - 1] + self.calendar[at])

    def drifted(self, origin_month: Ints, horizons: int) -> Floats:
        """(n, H) variance of the walk's mean over months 1…h, from the last month seen on.

        Of k months beyond it the mean has the variance step² · (k + 1)(2k + 1)/(6k).
        """
        last = self.first + self.calendar.shape[0] - 1
        beyond = origin_month[:, None] + np.arange(horizons)[None, :] - last
        k = np.maximum(beyond, 1).astype(float)
        mean = (k + 1.0) * (2.0 * k + 1.0) / (6.0 * k)
        return np.where(beyond > 0, self.steps[1] ** 2 * mean, 0.0)


def months_of(panel: Panel) -> Ints:
    """Calendar month of each row's origin, counted from January 1970, (n,)."""
    return panel.origin.astype("datetime64[M]").astype(np.int64)


def count(panel: Panel, risk: AtRisk, horizons: int) -> Counts:
    """Sum up a panel."""
    origin = months_of(panel)
    first = int(origin.min()) if len(panel) else 0
    size = (int(origin.max()) - first + 1 if len(panel) else 1, horizons + 1)
    ends, came = np.zeros(size), np.zeros(size)
    np.add.at(ends, (origin - first, risk.end), risk.weight)
    np.add.at(came, (origin - first, risk.end), risk.weight * risk.came)
    at_risk = np.cumsum(ends[:, ::-1], axis=1)[:, ::-1]
    accounts = np.unique(panel.account[risk.end > 0]).size
    overlap = float((risk.end > 0).sum()) / max(accounts, 1)
    return Counts(first, at_risk[:, 1:], came[:, 1:], max(overlap, 1.0))


def prior_posterior(counts: Counts, prior: Prior) -> Posterior:
    """Shifted-beta-geometric posterior of the time to the arrival, counted from the origin."""
    lost = np.concatenate([[0.0], counts.came.sum(axis=0)])
    at_risk = np.concatenate([counts.risk.sum(axis=0), [0.0]])
    kept = np.concatenate([[0.0], at_risk[:-1] - lost[1:] - at_risk[1:]])
    return posterior(Exposure(lost, np.maximum(kept, 0.0)).scaled(1.0 / counts.overlap), prior)


def curve(beliefs: Posterior, horizons: int) -> Base:
    """The expected shifted-beta-geometric curve as a base rate without a calendar."""
    months = np.arange(horizons + 1)
    survival = beliefs.still_paying(0.0, months).mean
    hazard = np.clip(1.0 - survival[1:] / survival[:-1], 1e-9, 1.0 - 1e-9)
    return Base(np.log(hazard / (1.0 - hazard)), np.zeros(1), 0)


def fit_base(
    counts: Counts, prior: Prior, horizons: int, steps: tuple[float, float] | None = None
) -> Base:
    """The prior's curve, moved by what was counted.

    logit λ(h, c) = logit λ_prior(h) + a + u(h) + g(c) with a ~ N(0, 1.5²) and random walks u over
    months ahead and g over calendar months. Their step sizes are `steps`, or those of greatest
    marginal likelihood (Laplace's approximation). g needs three calendar months of origin or
    more; with fewer it can't be told from u.
    """
    shape = curve(posterior(Exposure(np.zeros(1), np.zeros(1)), prior), horizons).ahead
    several = int((counts.risk.sum(axis=1) > 0).sum()) >= 3
    tried = list(product(_BY_MONTH, _BY_CALENDAR if several else (0.0,)))
    if steps is not None:
        tried = [(steps[0], steps[1] if several else 0.0)]
    found = [_walks(counts, shape, *sizes) for sizes in tried]
    best = max(range(len(found)), key=lambda i: (round(found[i][0], 6), -i))
    _, level, walk = found[best]
    return Base(shape + level, walk, counts.first, tried[best])


def _walks(
    counts: Counts, shape: Floats, by_month: float, by_calendar: float
) -> tuple[float, Floats, Floats]:
    """Log marginal likelihood, level + u (H,) and g (C,) for given step sizes."""
    horizons = counts.risk.shape[1]
    origin, month = np.nonzero(counts.risk > 0)
    late = _last(origin, month)
    design, penalty = _design(origin, month, horizons, late, by_month, by_calendar)
    weight = counts.risk[origin, month] / counts.overlap
    share = counts.came[origin, month] / counts.risk[origin, month]
    offset = shape[month]
    found = solve(design, share, weight, offset, penalty)
    eta = offset + design @ found.beta
    fit = -float(weight @ losses(eta, share))
    size = 0.5 * float(found.beta @ (penalty * found.beta))
    _, spread = np.linalg.slogdet(information_of(design, weight, eta) + np.diag(penalty))
    evidence = fit - size - 0.5 * float(spread) + 0.5 * float(np.log(penalty).sum())
    level = found.beta[0] + _from_steps(found.beta[1:horizons], horizons)
    walk = np.zeros(late + 1)
    if by_calendar > 0.0:
        # Counted back from the last month seen: the level there is the level of the forecast.
        walk[:] = _from_steps(found.beta[horizons:], late + 1)[::-1]
    return evidence, level, walk


def _last(origin: Ints, month: Ints) -> int:
    """The last calendar month (index) in which anybody was at risk."""
    return int((origin + month).max()) if origin.size else 0


def _from_steps(steps: Floats, size: int) -> Floats:
    return np.concatenate([[0.0], np.cumsum(steps)])[:size]


def _design(
    origin: Ints, month: Ints, horizons: int, late: int, by_month: float, by_calendar: float
) -> tuple[Floats, Floats]:
    """Columns: level, H − 1 steps of u, then (with a calendar) C − 1 steps of g from its end."""
    steps = (month[:, None] >= np.arange(1, horizons)[None, :]).astype(float)
    parts = [np.ones((origin.size, 1)), steps]
    penalty = [np.array([_LEVEL_SD**-2]), np.full(horizons - 1, by_month**-2)]
    if by_calendar > 0.0:
        before = late - (origin + month)
        parts.append((before[:, None] >= np.arange(1, late + 1)[None, :]).astype(float))
        penalty.append(np.full(late, by_calendar**-2))
    return np.concatenate(parts, axis=1), np.concatenate(penalty)


def chance_of(eta: Floats) -> Floats:
    """Hazards from log-odds, kept away from 0 and 1 so that every log stays finite."""
    return sigmoid(np.clip(eta, -30.0, 30.0))
