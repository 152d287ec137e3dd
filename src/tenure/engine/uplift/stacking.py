"""The learners together beside the outlook of both arms: a few numbers, so noise finds no hold.

Effects often grow with what is at risk. Where learners on many features see little but noise, the
expected outcomes of both arms, which are known far better, still tell who is moved most.
"""

from dataclasses import dataclass

import numpy as np

from tenure.engine.uplift.log import Floats

STACKED = "learners with the outlook"
_PRIOR = np.array([1.0, 0.0, 0.0])
_SD = np.array([1.0, 0.5, 0.5])


@dataclass(frozen=True)
class Stack:
    """τ(x) = mean + Σ slope · (z − middle) with z = (τ̂, μ₀, μ₁); all (3,), `cover` (3, 3)."""

    mean: float
    middle: Floats
    slope: Floats
    cover: Floats

    def effect(self, told: Floats) -> Floats:
        """(n,) effects of told, (n, 3)."""
        return np.asarray(self.mean + (told - self.middle) @ self.slope)

    def spread(self, told: Floats, swing: Floats) -> Floats:
        """(n,) standard errors, `swing` (n,) being those of τ̂."""
        off = told - self.middle
        own = np.einsum("ni,ij,nj->n", off, self.cover, off)
        return np.asarray(np.sqrt(own + np.square(self.slope[0] * swing)))


def fit_stack(told: Floats, scores: Floats) -> Stack:
    """Bayesian regression of doubly robust scores (n,) on what models without the row told (n, 3).

    Beforehand slopes are N(1, 1²) of the learners' effect and N(0, 0.5²) of the two outcomes, and
    the mean is free.
    """
    middle, mean = told.mean(axis=0), float(scores.mean())
    off, left = told - middle, scores - mean
    variance = max(float(np.var(left - off[:, 0])), 1e-18)
    cover = np.linalg.inv(off.T @ off / variance + np.diag(_SD**-2))
    slope = cover @ (off.T @ left / variance + _PRIOR * _SD**-2)
    return Stack(mean, middle, np.asarray(slope), np.asarray(cover))
