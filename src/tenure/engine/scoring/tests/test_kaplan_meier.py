"""Kaplan-Meier against lifelines, a hand-worked case and its hard cases."""

import lifelines
import numpy as np
import pytest

from tenure.engine import scoring


def drawn(size=300, seed=3):
    random = np.random.default_rng(seed)
    leaves, unseen = random.geometric(0.1, size), random.geometric(0.07, size)
    return np.minimum(leaves, unseen).astype(float), leaves <= unseen


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_curve_and_interval_are_those_of_lifelines(level):
    duration, event = drawn()
    peer = lifelines.KaplanMeierFitter(alpha=1 - level).fit(duration, event)
    ours = scoring.kaplan_meier(duration, event, level)
    asked = np.arange(0, 45)
    theirs = peer.survival_function_at_times(asked).to_numpy()
    assert ours.at(asked) == pytest.approx(theirs, abs=1e-12)
    interval = peer.confidence_interval_.loc[ours.times].to_numpy()
    assert ours.low == pytest.approx(interval[:, 0], abs=1e-9)
    assert ours.high == pytest.approx(interval[:, 1], abs=1e-9)


def test_a_hand_worked_curve():
    # One of 5 leaves at 1, one of 4 at 2 (when another goes out of sight), one of 2 at 3.
    curve = scoring.kaplan_meier([1, 2, 2, 3, 4], [True, True, False, True, False])
    assert curve.survival == pytest.approx([4 / 5, 4 / 5 * 3 / 4, 4 / 5 * 3 / 4 / 2, 0.3])
    assert curve.at([0.0, 0.99, 1.0, 2.5, 99.0]) == pytest.approx([1.0, 1.0, 0.8, 0.6, 0.3])
    assert curve.at_risk.tolist() == [5, 4, 2, 1]


def test_events_come_before_the_end_of_observation_at_the_same_time():
    # At 2, the one that left is no longer at risk of going out of sight: 1 of 3 goes.
    watched = scoring.censoring([1, 2, 2, 3, 4], [True, True, False, True, False])
    assert watched.at([1, 2, 3, 4]) == pytest.approx([1.0, 2 / 3, 2 / 3, 0.0])


def test_without_ties_between_the_two_they_share_the_risk_set_out():
    # Then S(t) G(t) is the share of rows still under observation.
    duration = np.random.default_rng(5).permutation(60) + 1.0
    event = duration % 3 > 0
    ours, watched = scoring.kaplan_meier(duration, event), scoring.censoring(duration, event)
    assert ours.survival * watched.survival == pytest.approx(1 - np.arange(1, 61) / 60)


def test_curves_of_nobody_leaving_and_of_everybody_leaving():
    stays = scoring.kaplan_meier([3, 5], [False, False])
    assert stays.survival.tolist() == stays.low.tolist() == stays.high.tolist() == [1.0, 1.0]
    goes = scoring.kaplan_meier([3, 5], [True, True])
    assert goes.survival.tolist() == [0.5, 0.0]
    assert goes.low[1] == goes.high[1] == 0.0
    assert 0.0 < goes.low[0] < 0.5 < goes.high[0] < 1.0


def test_durations_must_be_known_and_of_as_many_rows_as_events():
    for duration, event in (([np.nan, 1], [1, 0]), ([-1, 1], [1, 0]), ([1], [1, 0]), ([], [])):
        with pytest.raises(ValueError, match="Durations"):
            scoring.kaplan_meier(duration, event)
