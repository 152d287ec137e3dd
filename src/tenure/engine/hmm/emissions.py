"""What accounts in a state look like: independent measures given the state, any of them missing.

States are ordered: the mean of the first measure never falls from a state to the next. The
maximisation keeps that order exactly, by weighted isotonic regression (pool adjacent violators),
which is the constrained maximum for all three distributions.

Source: R. E. Barlow, D. J. Bartholomew, J. M. Bremner and H. D. Brunk (1972), Statistical Inference
under Order Restrictions, ch. 1-2.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from tenure.engine.hmm.sequences import BERNOULLI, GAUSSIAN, POISSON, Floats, Measure

_LEAST_RATE, _LEAST_CHANCE = 1e-4, 1e-3


@dataclass(frozen=True)
class Emissions:
    """Parameters of M measures in K states.

    Attributes:
        measures: The measures.
        mean: (M, K): mean of a gaussian, rate of a poisson, chance of a bernoulli measure.
        spread: (M, K): standard deviation of a gaussian measure; 1 for the others, not used.
        floor: (M,): the least standard deviation of a gaussian measure.
    """

    measures: tuple[Measure, ...]
    mean: Floats
    spread: Floats
    floor: Floats

    def log_density(self, values: Floats) -> Floats:
        """Log density of each row's observed measures in each state, (R, K); 0 if none is."""
        total = np.zeros((values.shape[0], self.mean.shape[1]))
        for at, measure in enumerate(self.measures):
            known = ~np.isnan(values[:, at])
            seen = values[known, at][:, None]
            mean, spread = self.mean[at], self.spread[at]
            if measure.kind == GAUSSIAN:
                from_mean = np.square((seen - mean) / spread)
                part = -0.5 * (from_mean + np.log(2.0 * np.pi)) - np.log(spread)
            elif measure.kind == POISSON:
                part = xlogy(seen, mean) - mean - gammaln(seen + 1.0)
            else:
                part = xlogy(seen, mean) + xlog1py(1.0 - seen, -mean)
            total[known] += part
        return total

    def maximised(self, values: Floats, weight: Floats) -> "Emissions":
        """The parameters of greatest expected log density, given P(state) of each row (R, K).

        Means are maximised given the old standard deviations, these given the new means: each step
        raises the expectation (conditional maximisation: X.-L. Meng and D. B. Rubin 1993,
        Biometrika 80, 267-278).
        """
        mean, spread = self.mean.copy(), self.spread.copy()
        for at, measure in enumerate(self.measures):
            known = ~np.isnan(values[:, at])
            seen, share = values[known, at], weight[known]
            mass = share.sum(axis=0)
            told = mass > 1e-8
            mean[at, told] = (seen @ share)[told] / mass[told]
            if at == 0:
                mean[at] = _rising(mean[at], np.maximum(mass, 1e-8) / np.square(spread[at]))
            mean[at] = _within(mean[at], measure.kind)
            if measure.kind == GAUSSIAN:
                around = (np.square(seen[:, None] - mean[at]) * share).sum(axis=0)
                variance = around[told] / mass[told]
                spread[at, told] = np.maximum(np.sqrt(variance), self.floor[at])
        return Emissions(self.measures, mean, spread, self.floor)


def initial(measures: tuple[Measure, ...], values: Floats, weight: Floats) -> Emissions:
    """Parameters from a first guess of P(state) of each row, (R, K)."""
    states = weight.shape[1]
    known = ~np.isnan(values)
    number = np.maximum(known.sum(axis=0), 1)
    whole = np.where(known, values, 0.0).sum(axis=0) / number
    square = np.where(known, np.square(values - whole), 0.0).sum(axis=0) / number
    spread = np.where(square > 0, np.sqrt(square), 1.0)
    gaussian = np.array([m.kind == GAUSSIAN for m in measures])
    middle = np.repeat(whole[:, None], states, axis=1)
    for at, measure in enumerate(measures):
        middle[at] = _within(middle[at], measure.kind)
    wide = np.repeat(np.where(gaussian, spread, 1.0)[:, None], states, axis=1)
    return Emissions(measures, middle, wide, 0.05 * spread).maximised(values, weight)


def _within(mean: Floats, kind: str) -> Floats:
    """Means kept off the edge where a density would be zero."""
    if kind == POISSON:
        return np.maximum(mean, _LEAST_RATE)
    if kind == BERNOULLI:
        return np.clip(mean, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    return mean


def _rising(mean: Floats, weight: Floats) -> Floats:
    """The nearest sequence that never falls, by pooling adjacent violators."""
    blocks: list[tuple[float, float, int]] = []
    for value, mass in zip(mean, weight, strict=True):
        blocks.append((float(value), float(mass), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (low, light, few), (high, heavy, many) = blocks[-2:]
            both = light + heavy
            blocks[-2:] = [((low * light + high * heavy) / both, both, few + many)]
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks])
