"""How good forecasts are: scores of probabilities and of survival curves, with intervals."""

from tenure.engine.scoring.calibration import (
    Bins,
    Recalibration,
    calibration_bins,
    calibration_error,
    calibration_error_interval,
    recalibration,
)
from tenure.engine.scoring.capacity import chosen, gain, lift, profit
from tenure.engine.scoring.concordance import harrell, uno
from tenure.engine.scoring.d_calibration import DCalibration, d_calibration
from tenure.engine.scoring.kaplan_meier import Curve, censoring, kaplan_meier
from tenure.engine.scoring.over_time import auc_at, brier_at, integrated, mean_auc
from tenure.engine.scoring.probability import auc, base_log_loss, brier, log_loss, log_loss_skill
from tenure.engine.scoring.resampling import Estimate, bootstrap, paired_difference
from tenure.engine.scoring.trend import Month, Trend, calibration_trend, months_of

__all__ = [
    "Bins",
    "Curve",
    "DCalibration",
    "Estimate",
    "Month",
    "Recalibration",
    "Trend",
    "auc",
    "auc_at",
    "base_log_loss",
    "bootstrap",
    "brier",
    "brier_at",
    "calibration_bins",
    "calibration_error",
    "calibration_error_interval",
    "calibration_trend",
    "censoring",
    "chosen",
    "d_calibration",
    "gain",
    "harrell",
    "integrated",
    "kaplan_meier",
    "lift",
    "log_loss",
    "log_loss_skill",
    "mean_auc",
    "months_of",
    "paired_difference",
    "profit",
    "recalibration",
    "uno",
]
