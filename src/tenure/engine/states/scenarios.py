"""Three scenarios of a renewal book, each of whose amounts add up by account and by month.

The expected scenario takes every chance as given. The others shift all accounts together: the
log-odds of renewing and of an upsell by δ, of a downsell by −δ. δ is set so that the book's total
equals the low (high) quantile of its simulated distribution. So the book as a whole is as bad (as
good) as one time in ten, and every account and month shows its share of that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
_FARTHEST = 40.0


@dataclass(frozen=True)
class Renewals:
    """n renewals that are due in the months 1…H.

    Attributes:
        month: (n,) int64, the month ahead each is due in, from 1.
        amount: (n,) what is up for renewal, not negative.
        renew: (n,) chance to renew.
        downsell: (n,) chance that it renews for less, given that it renews.
        upsell: (n,) chance that it renews for more, given that it renews.
        cut: (n,) share lost in a downsell, 0-1.
        rise: (n,) share gained in an upsell, not negative.
    """

    month: NDArray[np.int64]
    amount: Floats
    renew: Floats
    downsell: Floats
    upsell: Floats
    cut: Floats
    rise: Floats

    def __post_init__(self) -> None:
        shares = (self.renew, self.downsell, self.upsell, self.cut)
        parts = (self.month, self.amount, *shares, self.rise)
        if any(part.shape != self.amount.shape for part in parts) or self.amount.ndim != 1:
            raise ValueError("a renewal book's parts must be vectors of the same length")
        if (self.month < 1).any():
            raise ValueError("months ahead count from 1")
        if not all(((part >= 0) & (part <= 1)).all() for part in shares):
            raise ValueError("chances and cuts must lie in 0-1")
        if (self.downsell + self.upsell > 1 + 1e-9).any():
            raise ValueError("downsell and upsell together must not exceed 1")
        if not ((self.amount >= 0) & (self.rise >= 0)).all():
            raise ValueError("amounts and rises must not be negative")

    @classmethod
    def of(
        cls,
        month: ArrayLike,
        amount: ArrayLike,
        renew: ArrayLike,
        downsell: ArrayLike = 0.0,
        upsell: ArrayLike = 0.0,
        cut: ArrayLike = 0.0,
        rise: ArrayLike = 0.0,
    ) -> "Renewals":
        """Renewals from anything NumPy reads as numbers; single numbers hold for all."""
        due = np.asarray(month, dtype=np.int64)
        rest = (amount, renew, downsell, upsell, cut, rise)
        return cls(due, *(np.broadcast_to(np.asarray(p, dtype=float), due.shape) for p in rest))


@dataclass(frozen=True)
class Scenario:
    """What each renewal brings: amount = kept + lost + downsold − upsold, all (n,).

    `shift`: δ, the shift of the log-odds. `month`, `amount`: as in the book.
    """

    shift: float
    month: NDArray[np.int64]
    amount: Floats
    lost: Floats
    downsold: Floats
    upsold: Floats
    kept: Floats

    @property
    def total(self) -> float:
        """What the whole book brings."""
        return float(self.kept.sum())

    def by_month(self, part: Floats, months: int) -> Floats:
        """One of the parts (or `amount`) summed over the renewals due in months 1…H, (H,)."""
        inside = self.month <= months
        return np.bincount(self.month[inside] - 1, part[inside], minlength=months).astype(float)


@dataclass(frozen=True)
class Scenarios:
    """Downside ≤ expected ≤ upside, by the book's total."""

    downside: Scenario
    expected: Scenario
    upside: Scenario


def scenarios(
    book: Renewals, tail: float = 0.1, runs: int = 4000, seed: int = 0, shared: float = 0.0
) -> Scenarios:
    """The three scenarios; the outer ones at the quantiles `tail` and 1 − `tail` of the total.

    `shared`: standard deviation of a shock to the log-odds of all in a run, see
    `tenure.engine.states.fan`. Where the
    quantile of a small book lies on the other side of its mean, the mean is taken.
    """
    middle = scenario(book, 0.0)
    totals = simulated_totals(book, runs, seed, shared)
    low, high = (float(q) for q in np.quantile(totals, [tail, 1.0 - tail]))
    return Scenarios(
        downside=_reaching(book, min(low, middle.total), middle),
        expected=middle,
        upside=_reaching(book, max(high, middle.total), middle),
    )


def scenario(book: Renewals, shift: float) -> Scenario:
    """Expected amounts with all log-odds shifted by δ."""
    renew, down, up = _chances(book, np.asarray(shift))
    lost = book.amount * (1.0 - renew)
    downsold = book.amount * renew * down * book.cut
    upsold = book.amount * renew * up * book.rise
    kept = book.amount - lost - downsold + upsold
    return Scenario(float(shift), book.month, book.amount, lost, downsold, upsold, kept)


def simulated_totals(book: Renewals, runs: int, seed: int, shared: float = 0.0) -> Floats:
    """What the book brings in each of so many runs, (runs,)."""
    draw = np.random.default_rng(seed)
    totals = np.empty(runs)
    for run in range(runs):
        renew, down, up = _chances(book, shared * draw.standard_normal(()))
        stays, luck = draw.random((2, book.amount.size))
        factor = np.where(luck < down, 1.0 - book.cut, 1.0)
        factor = np.where(luck >= 1.0 - up, 1.0 + book.rise, factor)
        totals[run] = float(np.where(stays < renew, factor, 0.0) @ book.amount)
    return totals


def _chances(book: Renewals, shift: Floats) -> tuple[Floats, Floats, Floats]:
    """Chances of renewing, and of less and more given that, under a shift."""
    renew = expit(logit(book.renew) + shift)
    worse, better = np.exp(-shift), np.exp(shift)
    down, up = book.downsell * worse, book.upsell * better
    size = np.maximum(1.0 - book.downsell - book.upsell, 0.0) + down + up
    return renew, down / size, up / size


def _reaching(book: Renewals, total: float, middle: Scenario) -> Scenario:
    """The scenario whose total is the given one; the total rises with the shift."""
    from scipy.optimize import brentq  # loads much that few processes need

    def off(shift: float) -> float:
        return scenario(book, shift).total - total

    near = 1e-9 * max(float(book.amount.sum()), 1.0)
    if abs(total - middle.total) <= near:
        return middle
    low, high = (-_FARTHEST, 0.0) if total < middle.total else (0.0, _FARTHEST)
    if off(low) >= 0.0 or off(high) <= 0.0:
        return scenario(book, low if total < middle.total else high)
    return scenario(book, float(brentq(off, low, high, xtol=1e-12)))
