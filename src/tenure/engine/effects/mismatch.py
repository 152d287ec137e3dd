"""Whether the arms are as large as they were drawn: the sequential test of a sample ratio.

With counts m of the arms, expected shares θ and a Dirichlet prior α = kθ, the Bayes factor against
the expected shares after n accounts is

    B = Γ(k)/Γ(k + n) · Π Γ(α_i + m_i)/Γ(α_i) / Π θ_i^{m_i},

a martingale of mean 1 if accounts fall into the arms as drawn, so that P(B ever ≥ 1/α) ≤ α. It is
valid at every look. Arms drawn in blocks keep closer to their shares than independent ones, and so
B smaller.

Source: M. Lindon and A. Malek (2022), "Anytime-valid inference for multinomial count data",
Advances in Neural Information Processing Systems 35 (first as arXiv:2011.03567, 2020).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlogy

from tenure.engine.effects.entries import Bools, Floats

CONCENTRATION = 100.0
"""k: looks for shares about √(θ(1 − θ)/k) off, three points where a tenth is held out."""


@dataclass(frozen=True)
class Mismatch:
    """How many are held out against how many were to be.

    Attributes:
        accounts: n.
        held_out: Their number held out.
        expected: The number that propensities lead to expect.
        p: Always-valid p-value of “as drawn”, 0-1.
    """

    accounts: int
    held_out: int
    expected: float
    p: float


def log_evidence(held_out: ArrayLike, accounts: ArrayLike, share: ArrayLike) -> Floats:
    """Logarithm of B for the two arms of a hold-out; counts and share 0-1 broadcast."""
    m = np.asarray(held_out, dtype=float)
    n = np.asarray(accounts, dtype=float)
    theta = np.asarray(share, dtype=float)
    a, b, k = CONCENTRATION * theta, CONCENTRATION * (1.0 - theta), CONCENTRATION
    found = gammaln(k) - gammaln(k + n) + gammaln(a + m) - gammaln(a)
    found += gammaln(b + n - m) - gammaln(b) - xlogy(m, theta) - xlogy(n - m, 1.0 - theta)
    return np.asarray(found)


def mismatch(held_out: Bools, propensity: Floats, before: float = 1.0) -> Mismatch:
    """The test on accounts, each counted once.

    Accounts of different propensities are tested apart and their Bayes factors multiplied, which is
    a martingale of mean 1 again.

    Args:
        held_out: (n,) the arm.
        propensity: (n,) the chance of getting the play.
        before: The smallest p-value of earlier looks, as valid as the newest.
    """
    shares, of = np.unique(1.0 - propensity, return_inverse=True)
    accounts = np.bincount(of, minlength=len(shares))
    held = np.bincount(of[held_out], minlength=len(shares))
    evidence = float(log_evidence(held, accounts, shares).sum())
    return Mismatch(
        accounts=int(accounts.sum()),
        held_out=int(held.sum()),
        expected=float(accounts @ shares),
        p=min(before, float(np.exp(min(-evidence, 0.0)))),
    )
