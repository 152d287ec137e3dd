import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.engine.panel.leakage.separation import auc, auc_interval, shares_between


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_the_area_is_the_share_of_pairs_in_order(rows):
    score = np.array([r[0] for r in rows], dtype=float)
    ones = np.array([r[1] for r in rows])
    if ones.all() or not ones.any():
        assert auc(score, ones) == 0.5
        return
    pairs = [(a > b) + (a == b) / 2 for a in score[ones] for b in score[~ones]]
    assert auc(score, ones) == pytest.approx(np.mean(pairs))


def test_exact_intervals_of_shares():
    """Clopper and Pearson: 81 of 263 gives 0.2527 to 0.3676 (Newcombe 1998, table I, method 5)."""
    low, high = shares_between(np.array([81, 0, 29]), 263, 0.95)
    assert low[0] == pytest.approx(0.2527, abs=5e-5)
    assert high[0] == pytest.approx(0.3676, abs=5e-5)
    assert low[1] == 0.0
    assert shares_between(np.array([20]), 20, 0.95)[1][0] == 1.0


def test_an_area_of_one_has_an_interval_that_narrows_with_more_rows():
    lows = [auc_interval(1.0, n, 10 * n, 0.95)[0] for n in (1, 5, 50, 500)]
    assert lows == sorted(lows)
    assert lows[0] < 0.5
    assert lows[-1] > 0.99
    assert auc_interval(1.0, 5, 50, 0.95)[1] == 1.0
    assert auc_interval(0.0, 5, 50, 0.95)[0] == 0.0
    assert auc_interval(0.7, 0, 5, 0.95) == (0.0, 1.0)


def test_the_interval_holds_the_true_area_about_as_often_as_it_says():
    """Normal scores two deviations apart: AUC = Φ(2/√2) = 0.9214."""
    rng = np.random.default_rng(0)
    ones = np.arange(80) < 20
    held = 0
    for _ in range(600):
        low, high = auc_interval(auc(rng.normal(size=80) + 2 * ones, ones), 20, 60, 0.95)
        held += low <= 0.92135 <= high
    assert 0.93 <= held / 600 <= 0.99
