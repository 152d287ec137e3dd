"""D-calibration on curves that are right or wrong by construction."""

import numpy as np
import pytest
from scipy import stats

from tenure.engine import scoring


def drawn(size=5000, seed=7):
    """Exponential times of known rate, some out of sight before they leave."""
    random = np.random.default_rng(seed)
    scale = random.uniform(5, 40, size)
    leaves, unseen = random.exponential(scale), random.uniform(0, 60, size)
    return np.minimum(leaves, unseen), leaves <= unseen, scale


def test_right_curves_pass_and_wrong_ones_do_not():
    time, event, scale = drawn()
    right = scoring.d_calibration(event, np.exp(-time / scale))
    assert right.p_value > 0.05
    assert right.shares == pytest.approx(np.full(10, 0.1), abs=0.02)
    assert scoring.d_calibration(event, np.exp(-time / scale * 1.3)).p_value < 1e-6
    assert scoring.d_calibration(event, np.exp(-time / scale.mean())).p_value < 1e-6


def test_right_curves_fail_about_as_often_as_they_should():
    values = []
    for seed in range(200):
        time, event, scale = drawn(500, seed)
        values.append(scoring.d_calibration(event, np.exp(-time / scale)).p_value)
    # Spreading those out of sight makes the test a little shy, as Haider et al. note.
    assert 0 < np.mean(np.array(values) < 0.1) < 0.14


def test_a_hand_worked_case():
    # Leaves at S = 0.3; at S = 0.75; out of sight at S = 0.6, of which half lies below 0.3, the
    # rest up to 0.6.
    found = scoring.d_calibration([True, True, False], [0.3, 0.75, 0.6], bins=2)
    below, above = 1 + 0.5 / 0.6, 1 + 0.1 / 0.6
    assert found.shares == pytest.approx([below / 3, above / 3])
    statistic = ((below - 1.5) ** 2 + (above - 1.5) ** 2) / 1.5
    assert found.statistic == pytest.approx(statistic)
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, 1))


def test_the_ends_of_the_range_have_their_bins():
    found = scoring.d_calibration([True, True, False, False], [0.0, 1.0, 0.0, 1.0], bins=2)
    # The last row is spread over all, the third lies at 0.
    assert found.shares == pytest.approx([2.5 / 4, 1.5 / 4])


def test_whole_months_are_spread_over_their_step():
    random = np.random.default_rng(9)
    hazard = random.uniform(0.1, 0.5, 6000)
    month = random.geometric(hazard)
    end, before = (1 - hazard) ** month, (1 - hazard) ** (month - 1)
    everybody = np.ones(6000, dtype=bool)
    assert scoring.d_calibration(everybody, end, before).p_value > 0.05
    # Without the step before, even the true chances look wrong.
    assert scoring.d_calibration(everybody, end).p_value < 1e-6


def test_survival_that_rises_or_leaves_its_range_is_refused():
    for end, before in (([0.5], [0.4]), ([0.5], [1.1]), ([0.5], [0.6, 0.7])):
        with pytest.raises(ValueError, match="within 0 and 1"):
            scoring.d_calibration([True], end, before)
