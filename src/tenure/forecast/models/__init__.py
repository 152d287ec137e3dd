"""Runs, predictions, the evidence on how good they are, and what success managers call."""

from tenure.forecast.models.calls import Call, RenewalCall
from tenure.forecast.models.drift import CalibrationTrend, FeatureDrift
from tenure.forecast.models.evidence import (
    BacktestResult,
    ForecastNotice,
    HealthComparison,
    NoticeKind,
    TrackRecord,
)
from tenure.forecast.models.predictions import CurrentForecast, Prediction
from tenure.forecast.models.runs import ForecastRun, RunStatus, StoredModel

__all__ = [
    "BacktestResult",
    "CalibrationTrend",
    "Call",
    "CurrentForecast",
    "FeatureDrift",
    "ForecastNotice",
    "ForecastRun",
    "HealthComparison",
    "NoticeKind",
    "Prediction",
    "RenewalCall",
    "RunStatus",
    "StoredModel",
    "TrackRecord",
]
