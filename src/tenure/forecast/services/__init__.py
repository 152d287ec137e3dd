"""Writes of forecasts: training, predicting, the record, renewal calls, the definition."""

from tenure.forecast.services.calls import renewal_call_record
from tenure.forecast.services.definitions import (
    forecast_definition_save,
    forecasts_install_defaults,
)
from tenure.forecast.services.predicting import forecast_predict
from tenure.forecast.services.track import track_record_update
from tenure.forecast.services.training import forecast_train

__all__ = [
    "forecast_definition_save",
    "forecast_predict",
    "forecast_train",
    "forecasts_install_defaults",
    "renewal_call_record",
    "track_record_update",
]
