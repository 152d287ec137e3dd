"""Average effects of segments, each leaning on all the others as far as its own data are thin."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.uplift.log import Floats, Ints


@dataclass(frozen=True)
class Pooled:
    """Effects of G segments after partial pooling.

    `mean`, `sd` (G,): posterior of each; `overall`, `overall_sd`: of the average over segments;
    `between`: estimated standard deviation of true effects between segments.
    """

    keys: Ints
    mean: Floats
    sd: Floats
    overall: float
    overall_sd: float
    between: float

    def of(self, segment: Ints) -> tuple[Floats, Floats]:
        """Mean and standard deviation, (n,), of the segments of rows; a new one has the average."""
        at = np.searchsorted(self.keys, segment)
        at = np.minimum(at, self.keys.size - 1)
        known = self.keys[at] == segment
        other = float(np.hypot(self.overall_sd, self.between))
        return (
            np.where(known, self.mean[at], self.overall),
            np.where(known, self.sd[at], other),
        )


def pool(mean: Floats, sd: Floats, keys: Ints, prior: tuple[float, float] | None = None) -> Pooled:
    """Partial pooling by empirical Bayes in the normal-normal model.

        ȳ_g ~ N(θ_g, s_g²), θ_g ~ N(μ, ω²); θ̂_g = (ȳ_g/s_g² + μ̂/ω²)/(1/s_g² + 1/ω²)

    ω² solves Σ (ȳ_g − μ̂)²/(s_g² + ω²) = G − 1 (R. C. Paule and J. Mandel 1982, J. Res. NBS 87,
    377-385), 0 where effects differ no more than by luck. The variance of θ̂_g holds that of μ̂.

    Args:
        mean: ȳ, (G,).
        sd: s, (G,), above 0.
        keys: (G,), increasing.
        prior: Mean and standard deviation believed of μ before any data.

    Raises:
        ValueError: There are no segments or an s is not above 0.
    """
    if not mean.size or not (sd > 0).all():
        raise ValueError("Pooling needs at least one segment, and standard errors above 0.")
    variance = np.square(sd)
    between = _between(mean, variance)
    overall, spread = _overall(mean, variance + between, prior)
    trust = between / (between + variance)
    pooled = trust * mean + (1.0 - trust) * overall
    left = trust * variance + np.square(1.0 - trust) * spread
    return Pooled(
        keys, pooled, np.sqrt(left), overall, float(np.sqrt(spread)), float(np.sqrt(between))
    )


def _overall(
    mean: Floats, variance: Floats, prior: tuple[float, float] | None
) -> tuple[float, float]:
    """μ̂ and its variance."""
    weight = 1.0 / variance
    total, top = float(weight.sum()), float(weight @ mean)
    if prior is not None:
        total, top = total + prior[1] ** -2, top + prior[0] * prior[1] ** -2
    return top / total, 1.0 / total


def _between(mean: Floats, variance: Floats) -> float:
    """ω² of Paule and Mandel by bisection."""
    if mean.size < 2:
        return 0.0

    def excess(between: float) -> float:
        weight = 1.0 / (variance + between)
        middle = float(weight @ mean) / float(weight.sum())
        return float(weight @ np.square(mean - middle)) - (mean.size - 1)

    low, high = 0.0, float(np.ptp(mean)) ** 2 * mean.size + 1e-300
    if excess(0.0) <= 0:
        return 0.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return 0.5 * (low + high)


def by_segment(scores: Floats, segment: Ints, prior: tuple[float, float] | None = None) -> Pooled:
    """Pooled effects of segments from doubly robust scores, (n,).

    The scores of a segment have its own mean and a variance shared by all, so that a segment of
    three alike accounts does not pass for certain.
    """
    keys, at, count = np.unique(segment, return_inverse=True, return_counts=True)
    mean = np.bincount(at, scores) / count
    spare = max(scores.size - keys.size, 1)
    variance = float(np.square(scores - mean[at]).sum()) / spare
    sd = np.sqrt(max(variance, 1e-18) / count)
    return pool(mean, sd, keys.astype(np.int64), prior)
