"""Concordance against lifelines and against the papers' double sums, written out as loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines.utils import concordance_index

from tenure.engine import scoring

spells = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 5)), min_size=2, max_size=25
)


def watched_by_hand(time, came, at):
    """Share still watched after `at`: a product over the times at which rows went out of sight."""
    share = 1.0
    for u in sorted(set(time)):
        if u > at:
            break
        gone = sum(1 for t, e in zip(time, came, strict=True) if t == u and not e)
        there = sum(1 for t, e in zip(time, came, strict=True) if t > u or (t == u and not e))
        share *= 1 - gone / there if there else 1.0
    return share


def concordance_by_hand(time, came, risk, weight):
    right = pairs = 0.0
    for i in range(len(time)):
        for j in range(len(time)):
            outlived = time[j] > time[i] or (time[j] == time[i] and not came[j])
            if i != j and came[i] and outlived and weight[i] > 0:
                pairs += weight[i]
                right += weight[i] * ((risk[i] > risk[j]) + 0.5 * (risk[i] == risk[j]))
    return right / pairs if pairs else float("nan")


@settings(deadline=None)
@given(spells)
def test_harrells_c_is_that_of_lifelines_and_of_the_double_sum(found):
    time, came, risk = (np.array(column) for column in zip(*found, strict=True))
    ours = scoring.harrell(time, came, risk)
    by_hand = concordance_by_hand(time, came, risk, np.ones(time.size))
    assert ours == pytest.approx(by_hand, nan_ok=True)
    if not np.isnan(by_hand):
        assert ours == pytest.approx(concordance_index(time, -risk, came))


@settings(deadline=None)
@given(spells, st.integers(2, 9))
def test_unos_c_is_the_weighted_double_sum(found, until):
    time, came, risk = (np.array(column) for column in zip(*found, strict=True))
    share = [watched_by_hand(time, came, t) for t in time]
    leads = [bool(e) and t < until for t, e in zip(time, came, strict=True)]
    weight = [s**-2.0 if lead and s > 0 else 0.0 for s, lead in zip(share, leads, strict=True)]
    if any(lead and s == 0 for lead, s in zip(leads, share, strict=True)):
        with pytest.raises(ValueError, match="end the scores earlier"):
            scoring.uno(time, came, risk, until)
        return
    by_hand = concordance_by_hand(time, came, risk, weight)
    assert scoring.uno(time, came, risk, until) == pytest.approx(by_hand, nan_ok=True)


def test_a_hand_worked_case_of_both():
    # Leaves at 1 and 3; out of sight at 2 and 4. G is 1 at 1 and 2/3 at 3. Pairs led by the first
    # row: 2 of 3 right; by the third: 1 of 1 right, of weight 9/4.
    time, came, risk = [1, 2, 3, 4], [True, False, True, False], [5, 6, 3, 1]
    assert scoring.harrell(time, came, risk) == pytest.approx(3 / 4)
    assert scoring.uno(time, came, risk) == pytest.approx((2 + 9 / 4) / (3 + 9 / 4))
    assert scoring.uno(time, came, risk, until=3) == pytest.approx(2 / 3)


def test_the_censoring_of_other_rows_may_be_used():
    watched = scoring.censoring([1, 1, 9], [False, False, True])
    # Everyone is watched past 1 with chance 1/3, so all weights are 9 and cancel.
    time, came, risk = [1, 2, 3, 4], [True, False, True, False], [5, 6, 3, 1]
    assert scoring.uno(time, came, risk, watched=watched) == pytest.approx(3 / 4)


def test_without_censoring_both_are_the_same_and_a_reversed_score_mirrors():
    random = np.random.default_rng(2)
    time, risk = random.integers(1, 50, 3000), random.normal(size=3000)
    all_left = np.ones(3000, dtype=bool)
    ours = scoring.harrell(time, all_left, risk)
    assert ours == pytest.approx(scoring.uno(time, all_left, risk, until=60))
    assert scoring.harrell(time, all_left, -risk) == pytest.approx(1 - ours)


def test_a_large_set_agrees_with_the_comparison_of_all_pairs():
    random = np.random.default_rng(4)
    time, came = random.integers(1, 40, 1500), random.random(1500) < 0.6
    risk = np.round(random.normal(size=1500) - time / 20, 1)
    outlived = (time[None] > time[:, None]) | ((time[None] == time[:, None]) & ~came[None])
    outlived &= came[:, None]
    better = (risk[:, None] > risk[None]) + 0.5 * (risk[:, None] == risk[None])
    expected = (outlived * better).sum() / outlived.sum()
    assert scoring.harrell(time, came, risk) == pytest.approx(expected)


def test_nobody_left_or_an_unknown_risk():
    assert np.isnan(scoring.harrell([1, 2], [False, False], [1, 2]))
    with pytest.raises(ValueError, match="known risk"):
        scoring.harrell([1, 2], [True, False], [np.nan, 1])
