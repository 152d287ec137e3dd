"""What a fit has to say about itself."""

from collections.abc import Mapping
from dataclasses import dataclass

BASE, PRIOR, RIDGE, BOOSTED, BLEND = "base rate", "prior", "ridge", "boosted", "blend"


@dataclass(frozen=True)
class Candidate:
    """A model that stood for selection.

    `loss`: cross-fitted log loss per account-month at risk, `se` its standard error over accounts.
    `gain`: base rate's loss − this one's, `gain_se` the standard error of that paired difference.
    """

    name: str
    loss: float
    se: float
    gain: float
    gain_se: float


@dataclass(frozen=True)
class CauseReport:
    """How the model of one cause came about.

    Attributes:
        cause: Which.
        candidates: Those that could be tried, in the order base rate, prior, ridge, boosted, blend.
        chosen: The name of one of them.
        weights: Share of each part in the chosen log-odds, summing to 1.
        base_loss: The base rate's cross-fitted loss; nan where nothing could be cross-fitted.
        signal: Whether features beat the base rate by more than 1.645 standard errors of the
            difference. Where not, everyone is shown the base rate or the prior's curve.
        slope_before, slope_after: Calibration slope of cross-fitted log-odds, before and after
            recalibration; nan without signal.
        rows, accounts, periods, events: Rows and accounts at risk, months at risk, arrivals.
        features: Names of those that the chosen model uses.
        notes: Sentences that a reader of the forecast should see.
    """

    cause: str
    candidates: tuple[Candidate, ...]
    chosen: str
    weights: Mapping[str, float]
    base_loss: float
    signal: bool
    slope_before: float
    slope_after: float
    rows: int
    accounts: int
    periods: float
    events: int
    features: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The reports of all causes, in the panel's order."""

    causes: tuple[CauseReport, ...]

    def of(self, cause: str) -> CauseReport:
        """The report of one cause."""
        for report in self.causes:
            if report.cause == cause:
                return report
        raise KeyError(cause)
