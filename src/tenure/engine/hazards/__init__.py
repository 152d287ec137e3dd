"""Forecasts of churn and other arrivals: landmarked discrete-time competing hazards.

A panel goes in, a calibrated curve with an interval and its reasons comes out. The hazard of each
cause in month h after the test date is modelled as base rate + features, on the log-odds, as in
D. R. Cox (1972), Regression Models and Life-Tables, JRSS B 34(2), section 6, and G. Tutz and
M. Schmid (2016), Modeling Discrete Time-to-Event Data, chapters 3 and 8.
"""

from tenure.engine.hazards.drivers import Drivers
from tenure.engine.hazards.encode import Encoding, encode
from tenure.engine.hazards.fitted import Fitted, Forecast, load
from tenure.engine.hazards.fitting import fit
from tenure.engine.hazards.lowering import Lowers, Move
from tenure.engine.hazards.report import Candidate, CauseReport, Report
from tenure.engine.hazards.settings import BENCHMARKS, Settings
from tenure.engine.hazards.value import (
    Estimated,
    customer_value,
    expected_growth,
    residual_life,
)

__all__ = [
    "BENCHMARKS",
    "Candidate",
    "CauseReport",
    "Drivers",
    "Encoding",
    "Estimated",
    "Fitted",
    "Forecast",
    "Lowers",
    "Move",
    "Report",
    "Settings",
    "customer_value",
    "encode",
    "expected_growth",
    "fit",
    "load",
    "residual_life",
]
