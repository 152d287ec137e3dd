"""Reads of forecasts, for pages, the command line and the ladder.

One account
    prediction_current(account) -> Prophecy | None     the newest, if it is not out of date
    prediction_on(account, day) -> Prophecy | None     as it was known at the end of a day
    similar_accounts(account, day=None) -> list[Alike] past cases nearest in what drives them
    renewal_calls(account) -> list[RenewalCall]        calls of success managers, newest first

A scope of accounts (a queryset, such as `accounts_visible(user)`)
    predictions_of(accounts, day=None) -> list[Forecasted]  one line an account, riskiest first
    ranges_of(accounts, cause) -> dict                 account -> interval of its chance in a year
    renewal_book(accounts, start=None, quarters=2) -> RenewalBook   renewals, amounts, scenarios

How good it is
    runs(limit=50) -> list[ForecastRun]                trainings, newest first (no replays)
    live_run() -> ForecastRun | None                   the run whose model predicts
    backtests(run=None, cause="churn") -> Backtests    pooled, by date, by segment
    calibration(run=None, horizon=None, method="forecast", cause="churn") -> list[dict]   points
    lift(run=None, horizon=None, cause="churn") -> dict[str, list[dict]]   method -> curve
    calibration_trend(source="live") -> CalibrationTrend | None    observed over predicted by month
    feature_drift(run=None) -> FeatureDrift | None     how far the inputs have moved
    track_record() -> list[TrackRecord]                live first, by horizon
    health_comparison(run=None) -> HealthComparison | None
    notices(open_only=True) -> list[ForecastNotice]

For the ladder
    stay_on(days, accounts) -> Stays                   P(still paying in 12 months) as known then

`run=None` means the live run. Words for drivers, features and notices: `tenure.forecast.texts`.
"""

from tenure.forecast.selectors.evidence import (
    CAUSES,
    Backtests,
    backtests,
    calibration,
    calibration_trend,
    feature_drift,
    health_comparison,
    lift,
    live_run,
    notices,
    runs,
    track_record,
)
from tenure.forecast.selectors.predictions import (
    Alike,
    Forecasted,
    Lowering,
    Prophecy,
    Reason,
    prediction_current,
    prediction_on,
    predictions_of,
    ranges_of,
    similar_accounts,
)
from tenure.forecast.selectors.renewals import (
    RenewalBook,
    RenewalLine,
    ScenarioMonth,
    renewal_book,
    renewal_calls,
)
from tenure.forecast.selectors.stays import Stays, stay_on

__all__ = [
    "CAUSES",
    "Alike",
    "Backtests",
    "Forecasted",
    "Lowering",
    "Prophecy",
    "Reason",
    "RenewalBook",
    "RenewalLine",
    "ScenarioMonth",
    "Stays",
    "backtests",
    "calibration",
    "calibration_trend",
    "feature_drift",
    "health_comparison",
    "lift",
    "live_run",
    "notices",
    "prediction_current",
    "prediction_on",
    "predictions_of",
    "ranges_of",
    "renewal_book",
    "renewal_calls",
    "runs",
    "similar_accounts",
    "stay_on",
    "track_record",
]
