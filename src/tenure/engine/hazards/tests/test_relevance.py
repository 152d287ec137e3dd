"""How the linear model's prior is shared out over features."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.engine.hazards import Settings
from tenure.engine.hazards.crossfit import both_bases
from tenure.engine.hazards.design import make_design
from tenure.engine.hazards.ground import Ground
from tenure.engine.hazards.periods import at_risk, expand
from tenure.engine.hazards.pieces import whole
from tenure.engine.hazards.relevance import shown
from tenure.engine.hazards.ridge import Strength
from tenure.engine.panel import CHURN, spell_panel

NAMES = ("matters", *(f"noise {j}" for j in range(9)))


def seen(seed: int, effect: float):
    """The design of 600 accounts with one feature that matters and nine that don't, and factors."""
    dice = np.random.default_rng(seed)
    features = dice.normal(size=(600, 10))
    rate = 1.0 / (1.0 + np.exp(2.0 - effect * features[:, 0]))
    left = (dice.random(600) < rate).astype(float)
    panel = spell_panel(np.ones(600), left, features, NAMES, horizons=1)
    risk = at_risk(panel, CHURN, 1)
    ground = Ground(panel, CHURN, 1, risk, expand(panel, risk, 1), Settings())
    design = make_design(panel, ground.periods, 1)
    matrix = design.matrix(panel, ground.periods)
    offset = ground.offsets(both_bases(ground)[0])
    return design, shown(design, whole(matrix), ground.periods, offset, ground.overlap)


def of_features(design, factors):
    """One factor for each feature: all columns of a feature share theirs."""
    source = design.source()
    for j in range(10):
        assert np.ptp(factors[source == j]) == 0.0
    return np.array([factors[source == j][0] for j in range(10)])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 1.0]))
def test_factors_average_one_over_features_and_leave_the_level_alone(seed, effect):
    design, factors = seen(seed, effect)
    assert factors[0] == 1.0
    np.testing.assert_allclose(of_features(design, factors).mean(), 1.0)


def test_a_feature_that_matters_is_left_more_freedom_than_noise():
    design, factors = seen(3, 1.0)
    own = of_features(design, factors)
    assert own.argmax() == 0
    assert own[0] > 5.0


def test_without_a_lean_the_prior_is_shared_out_evenly():
    design, factors = seen(3, 1.0)
    even = Strength(0.4, 0.3, 0.0)
    np.testing.assert_allclose(even.penalty(design, factors), even.penalty(design))


def test_a_lean_keeps_the_signal_expected_of_all_features_together():
    design, factors = seen(5, 0.5)
    strength = Strength(0.4, 0.3, 0.9)
    linear = np.flatnonzero(design.basis.kind == 0) + 1
    total = (1.0 / strength.penalty(design, factors)[linear]).sum()
    even = (1.0 / strength.penalty(design)[linear]).sum()
    np.testing.assert_allclose(total, even)
