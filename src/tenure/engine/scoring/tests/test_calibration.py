"""Calibration on forecasts that are right, too extreme, too timid or too high by construction."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from tenure.engine import scoring


def drawn(size=20_000, intercept=0.0, slope=1.0, seed=1):
    """Forecasts, and outcomes drawn with log-odds intercept + slope · those of the forecast."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(-1.0, 1.2, size)
    outcome = random.random(size) < expit(intercept + slope * log_odds)
    return outcome.astype(float), expit(log_odds)


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (-0.5, 0.6), (0.4, 1.5)])
def test_recalibration_finds_what_was_planted(intercept, slope):
    found = scoring.recalibration(*drawn(intercept=intercept, slope=slope))
    assert abs(found.intercept - intercept) < 4 * found.intercept_error
    assert abs(found.slope - slope) < 4 * found.slope_error
    assert found.slope_error < 0.04


def test_recalibration_is_the_logistic_regression_on_the_log_odds():
    outcome, chance = drawn(400, 0.3, 0.7)
    weight = np.arange(400) % 3 + 1.0
    x = np.log(chance / (1 - chance))[:, None]
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(x, outcome, sample_weight=weight)
    found = scoring.recalibration(outcome, chance, weight)
    assert found.intercept == pytest.approx(peer.intercept_[0], abs=1e-4)
    assert found.slope == pytest.approx(peer.coef_[0, 0], abs=1e-4)
    assert found.ratio == pytest.approx((weight * chance).sum() / (weight * outcome).sum())


def test_extreme_forecasts_still_converge():
    outcome = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
    found = scoring.recalibration(outcome, [1.0, 1.0, 0.0, 0.0, 0.5])
    assert np.isfinite([found.intercept, found.slope, found.slope_error]).all()
    assert 0.0 < found.slope < 0.1


def test_forecasts_without_a_slope_say_so():
    assert np.isnan(scoring.recalibration([1, 0, 1], [0.3, 0.3, 0.3]).slope)
    nobody_left = scoring.recalibration([0, 0], [0.3, 0.4])
    assert np.isnan(nobody_left.slope)
    assert nobody_left.ratio == np.inf
    assert scoring.recalibration([0, 0, 1], [0.1, 0.2, 0.3]).slope == np.inf
    assert scoring.recalibration([1, 0, 0], [0.1, 0.2, 0.3]).slope == -np.inf


def test_bins_hold_all_rows_and_keep_equal_forecasts_together():
    outcome, chance = drawn(1003)
    bins = scoring.calibration_bins(outcome, chance.round(1), bins=10)
    assert bins.rows.sum() == 1003
    assert np.unique(chance.round(1)).size >= bins.rows.size
    assert (bins.rows * bins.predicted).sum() == pytest.approx(chance.round(1).sum())
    assert (bins.rows * bins.actual).sum() == pytest.approx(outcome.sum())
    assert (np.diff(bins.predicted) > 0).all()
    apart = scoring.calibration_bins(outcome, chance, bins=10)
    assert apart.rows.max() - apart.rows.min() <= 1


def test_the_interval_of_a_bin_is_wilsons():
    # 2 of 10: R. G. Newcombe (1998), method 3 by its formula: 0.0567 to 0.5098.
    bins = scoring.calibration_bins([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.full(10, 0.3))
    assert (bins.actual[0], bins.rows[0]) == (0.2, 10)
    assert bins.low[0] == pytest.approx(0.0567, abs=1e-4)
    assert bins.high[0] == pytest.approx(0.5098, abs=1e-4)
    certain = scoring.calibration_bins([0, 0, 0], np.full(3, 0.3))
    assert certain.low[0] == 0.0
    assert 0.5 < certain.high[0] < 0.6


def test_the_calibration_error_is_the_mean_gap():
    # Two bins of two: |0.15 - 0.5| and |0.85 - 0.5|.
    assert scoring.calibration_error([0, 1, 0, 1], [0.1, 0.2, 0.8, 0.9], 2) == pytest.approx(0.35)
    assert scoring.calibration_error([0, 1], [0.5, 0.5]) == 0.0


def test_the_calibration_error_of_right_forecasts_is_within_that_of_wrong_ones():
    right = scoring.calibration_error_interval(*drawn(4000), draws=200)
    wrong = scoring.calibration_error_interval(*drawn(4000, slope=0.4), draws=200)
    assert right.low <= right.value <= right.high + 0.01
    assert right.high < wrong.low
