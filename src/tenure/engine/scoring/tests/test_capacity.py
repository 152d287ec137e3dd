"""What a ranking is worth when only some can be looked after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine import scoring

LEFT = np.array([1, 0, 1, 0, 0, 0, 0, 0, 1, 0])
SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])


def test_gain_and_lift_of_the_first_three_places():
    assert scoring.gain(LEFT, SCORE, 3) == pytest.approx(2 / 3)
    assert scoring.lift(LEFT, SCORE, 3) == pytest.approx((2 / 3) / (3 / 10))


def test_contacting_everybody_finds_all_and_lifts_nothing():
    assert scoring.gain(LEFT, SCORE, 50) == 1.0
    assert scoring.lift(LEFT, SCORE, 50) == pytest.approx(1.0)


def test_nobody_left_or_no_places():
    assert np.isnan(scoring.gain(LEFT * 0, SCORE, 3))
    assert np.isnan(scoring.lift(LEFT, SCORE, 0))
    assert scoring.gain(LEFT, SCORE, 0) == 0.0
    with pytest.raises(ValueError, match="places"):
        scoring.gain(LEFT, SCORE, -1)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20), st.integers(0, 25))
def test_places_are_all_filled_and_by_the_highest_scores(scores, places):
    share = scoring.chosen(scores, places)
    assert share.sum() == pytest.approx(min(places, len(scores)))
    for first, one in zip(scores, share, strict=True):
        assert 0.0 <= one <= 1.0
        assert all(
            other <= one for second, other in zip(scores, share, strict=True) if second < first
        )
        assert all(
            other == one for second, other in zip(scores, share, strict=True) if second == first
        )


def test_profit_is_what_is_kept_less_what_contact_costs():
    kept = np.arange(1, 11) * 100.0
    # The first and third of three contacts were of use.
    assert scoring.profit(LEFT, SCORE, 3, kept=kept, cost=50.0) == pytest.approx(400.0 - 150.0)
    expected = scoring.profit(SCORE, SCORE, 2, kept=kept, cost=50.0)
    assert expected == pytest.approx(0.9 * 100 + 0.8 * 200 - 100)


def test_those_who_tie_for_the_last_place_share_it():
    assert scoring.profit([1, 0], [0.5, 0.5], 1, kept=10.0, cost=2.0) == pytest.approx(5.0 - 2.0)
