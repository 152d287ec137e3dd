import numpy as np
import pytest

from tenure.engine import sbg
from tenure.engine.hazards import Forecast, customer_value, expected_growth, residual_life
from tenure.engine.hazards.value import tail


def forecast(hazard, grow=None):
    curve = np.cumprod(1.0 - np.atleast_2d(hazard), axis=1)
    hazards = (np.atleast_2d(hazard),) + ((np.atleast_2d(grow),) if grow is not None else ())
    causes = ("churn", "expansion")[: len(hazards)]
    return Forecast(causes, curve, curve**1.5, curve**0.5, hazards)


def test_a_constant_hazard_gives_the_geometric_sum():
    # Σ_{t=1…600} 0.8·100·0.95^t/1.01^t = 80·q/(1 − q) with q = 0.95/1.01, up to q^600.
    worth = customer_value(
        forecast(np.full(24, 0.05)), [100.0], margin=0.8, discount=1.01**12 - 1.0, until=600
    )
    q = 0.95 / 1.01
    assert worth.mean[0] == pytest.approx(80.0 * q / (1.0 - q), rel=1e-9)
    assert worth.within[0] == pytest.approx(80.0 * q * (1.0 - q**24) / (1.0 - q), rel=1e-9)


def test_value_and_its_limits_follow_the_curve():
    worth = customer_value(forecast(np.full(12, 0.03)), [50.0], margin=1.0, discount=0.1)
    assert worth.low[0] < worth.mean[0] < worth.high[0]


def test_months_left_within_the_horizon_are_the_restricted_mean():
    left = residual_life(forecast(np.full(6, 0.1)), until=6)
    assert left.mean[0] == pytest.approx(sum(0.9**t for t in range(1, 7)))
    assert left.within[0] == left.mean[0]


@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 10.0), (2.0, 40.0)])
def test_the_tail_carries_a_shifted_beta_geometric_curve_on(alpha, beta):
    months = np.arange(1, 121)
    truth = sbg.survival(alpha, beta, months)
    carried = tail(truth[None, :24], 96)[0]
    assert np.abs(carried - truth[24:]).max() < 0.01


def test_a_rising_hazard_is_carried_on_flat():
    curve = forecast(np.linspace(0.01, 0.05, 12)).survival
    carried = tail(curve, 12)[0]
    steps = carried[1:] / carried[:-1]
    assert np.ptp(steps) < 1e-12


def test_expected_growth_follows_the_hazards_of_both_changes():
    grown = expected_growth(
        forecast(np.full(3, 0.1), np.full(3, 0.2)), 0.5, 0.3, ("expansion", "contraction")
    )
    assert grown[0].tolist() == pytest.approx([1.1, 1.21, 1.331])
