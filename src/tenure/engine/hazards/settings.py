"""What a fit is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenure.engine.panel import CHURN, CLIENT, CONTRACTION, EXPANSION
from tenure.engine.sbg import Prior

BENCHMARKS: Mapping[str, Prior] = {
    CHURN: Prior(churn=0.02),
    CONTRACTION: Prior(churn=0.01),
    EXPANSION: Prior(churn=0.02),
    CLIENT: Prior(churn=0.02),
}
"""Monthly rates of subscription software in general, worth two accounts each.

Rough figures: surveys of business software put yearly losses of accounts between 10 and 35 %, 1 to
3.5 % a month, larger customers at the lower end (KeyBanc Capital Markets and Sapphire Ventures,
Private SaaS Company Survey, yearly; Recurly Research, Churn Rate Benchmarks). The prior is so weak
that thirty accounts followed for half a year outweigh it many times.
"""
ELSEWHERE = Prior(churn=0.02)


@dataclass(frozen=True)
class Settings:
    """How to fit.

    Attributes:
        seed: Of folds, samples and boosting. The same seed and panel give the same bytes.
        threads: For causes side by side, and for boosting where there are more threads than causes.
        horizons: H, months ahead; the panel's own when None.
        monotone: feature → +1 (more of it never lowers the risk of the first cause) or −1.
        priors: cause → what is believed before any account is seen; BENCHMARKS where not given.
        folds: Into how many parts accounts are divided for cross-fitting.
        periods: At most about so many account-months go into one model, the rest is sampled with
            weights; every month in which something happened is kept as far as that leaves room.
        boosted: Whether gradient boosting may be a candidate.
        resamples: How often the chosen model of the first cause is refitted to resampled accounts,
            to see how steady its reasons are.
    """

    seed: int = 0
    threads: int = 2
    horizons: int | None = None
    monotone: Mapping[str, int] = field(default_factory=dict)
    priors: Mapping[str, Prior] = field(default_factory=dict)
    folds: int = 5
    periods: int = 75_000
    boosted: bool = True
    resamples: int = 0

    def prior(self, cause: str) -> Prior:
        """The prior of a cause."""
        return self.priors.get(cause, BENCHMARKS.get(cause, ELSEWHERE))
