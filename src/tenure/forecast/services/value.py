"""What an account is worth: its expected margin still to come, discounted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs.days import Floats

LONGEST = 120  # months; what comes later hardly counts and is not known at all


@dataclass(frozen=True)
class Growth:
    """Observed sizes of movements as shares of MRR: `cuts` in (0, 1), `raises` above 0."""

    cuts: tuple[float, ...]
    raises: tuple[float, ...]

    @classmethod
    def of(cls, factors: Sequence[float], most: int = 200) -> "Growth":
        """From MRR after over MRR before; evenly spaced quantiles where there are many."""
        cuts = sorted(1.0 - f for f in factors if 0.0 < f < 1.0)
        raises = sorted(f - 1.0 for f in factors if f > 1.0)
        return cls(_thinned(cuts, most), _thinned(raises, most))

    def expected(self, contraction: Floats, expansion: Floats) -> Floats:
        """E[MRR(t)]/MRR of (n, H) monthly chances, for accounts that stay."""
        cut = float(np.mean(self.cuts)) if self.cuts else 0.0
        rise = float(np.mean(self.raises)) if self.raises else 0.0
        steps = 1.0 - contraction * cut + expansion * min(rise, 1.0)
        return np.asarray(np.cumprod(steps, axis=1))


def _thinned(values: list[float], most: int) -> tuple[float, ...]:
    if len(values) > most:
        at = (np.arange(most) + 0.5) / most
        values = [float(v) for v in np.quantile(values, at)]
    return tuple(round(v, 6) for v in values)


def lifetime_value(
    mrr: Floats, survival: Floats, grows: Floats, definition: ForecastDefinition
) -> Floats:
    """Σ_t margin · E[MRR(t)] · S(t)/(1 + d)^t, t in months from 1 to 120, (n,).

    `survival` and `grows` are (n, H). After month H the account leaves at the monthly rate of its
    last year, and MRR stays as it is. nan where MRR is not known.
    """
    horizons = survival.shape[1]
    step = (1.0 + definition.discount_yearly) ** (-1.0 / 12.0)
    worth = np.asarray((survival * grows) @ step ** np.arange(1, horizons + 1))
    back = min(12, horizons - 1)
    earlier = np.maximum(survival[:, horizons - 1 - back], 1e-12)
    ratio = np.clip(survival[:, -1] / earlier, 0.0, 1.0)
    keeps = ratio ** (1.0 / max(back, 1)) * step
    left = LONGEST - horizons
    sums = np.where(
        keeps < 1.0, keeps * (1.0 - keeps**left) / np.maximum(1.0 - keeps, 1e-12), float(left)
    )
    tail = survival[:, -1] * grows[:, -1] * step**horizons * sums
    return np.asarray(definition.margin * mrr * (worth + tail))
